package io.braid.clients;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

/** Groups at Apache Kafka 4.3.1. */
@Tag("long")
class GroupsOnKafkaTest extends GroupsTest {
    @TempDir
    static Path directory;

    private static KafkaServer server;

    @BeforeAll
    static void start() throws Exception {
        server = KafkaServer.start(
                directory,
                "offsets.topic.num.partitions=4",
                "group.initial.rebalance.delay.ms=0",
                "group.min.session.timeout.ms=500",
                "group.consumer.min.session.timeout.ms=1000",
                "group.consumer.session.timeout.ms=1500",
                "group.consumer.min.heartbeat.interval.ms=100",
                "group.consumer.heartbeat.interval.ms=200");
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
