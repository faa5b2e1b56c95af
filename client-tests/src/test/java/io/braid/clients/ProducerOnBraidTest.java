package io.braid.clients;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The producer on a Braid node. */
class ProducerOnBraidTest extends ProducerContract {
    @TempDir
    static Path directory;

    private static BraidServer server;

    @BeforeAll
    static void start() throws Exception {
        server = BraidServer.start(directory);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Override
    String bootstrap() {
        return server.bootstrap();
    }
}
