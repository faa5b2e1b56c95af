package io.braid.clients;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** Groups at a node of Braid. */
class GroupsOnBraidTest extends GroupsTest {
    @TempDir
    static Path directory;

    private static BraidServer server;

    @BeforeAll
    static void start() throws Exception {
        server = BraidServer.start(
                directory,
                "group.initial.rebalance.delay.ms",
                "0",
                "group.min.session.timeout.ms",
                "500",
                "group.consumer.session.timeout.ms",
                "1500",
                "group.consumer.heartbeat.interval.ms",
                "200");
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
