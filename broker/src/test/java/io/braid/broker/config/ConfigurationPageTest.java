package io.braid.broker.config;

import io.braid.broker.GeneratedPage;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class ConfigurationPageTest {

    @Test
    void pageIsWhatTheTablesSay() throws IOException {
        GeneratedPage.check("configuration.md", ConfigurationPage.text());
    }
}
