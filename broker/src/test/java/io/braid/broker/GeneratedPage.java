package io.braid.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A page under docs/ that is generated: compared with what is there, or written with -Dbraid.docs.update=true. */
public final class GeneratedPage {

    private GeneratedPage() {}

    public static void check(String name, String text) throws IOException {
        Path page = Path.of("..", "docs", name);
        if (Boolean.getBoolean("braid.docs.update")) {
            Files.createDirectories(page.getParent());
            Files.writeString(page, text);
        }
        assertThat(Files.exists(page) ? Files.readString(page) : "")
                .as("docs/%s is stale: its head says how to regenerate it", name)
                .isEqualTo(text);
    }
}
