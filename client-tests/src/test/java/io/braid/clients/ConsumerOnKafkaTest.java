package io.braid.clients;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

/** The consumer on Apache Kafka 4.3.1. */
@Tag("long")
class ConsumerOnKafkaTest extends ConsumerContract {
    @TempDir
    static Path directory;

    private static KafkaServer server;

    @BeforeAll
    static void start() throws Exception {
        server = KafkaServer.start(directory);
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
