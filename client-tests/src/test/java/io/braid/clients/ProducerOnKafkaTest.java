package io.braid.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.client.producer.Producer;
import io.braid.client.producer.ProducerRecord;
import io.braid.client.producer.RecordMetadata;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The producer on Apache Kafka 4.3.1, where there is no watch. */
@Tag("long")
class ProducerOnKafkaTest extends ProducerContract {
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

    @Test
    void routesWithoutAWatch() throws Exception {
        RoundTrips.createTopic(bootstrap(), "unwatched", 1, Map.of());
        try (Producer<String, String> producer = builder().build()) {
            producer.send(new ProducerRecord<>("unwatched", 0, null, "value")).get(30, TimeUnit.SECONDS);

            assertThat(producer.routing().version()).isZero();
        }
    }

    @Test
    void batchesAboveTheTopicsLimitAreSplit() throws Exception {
        RoundTrips.createTopic(bootstrap(), "small", 1, Map.of("max.message.bytes", "2000"));
        try (Producer<String, String> producer =
                builder().linger(Duration.ofMillis(50)).build()) {
            List<CompletableFuture<RecordMetadata>> sent = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                sent.add(producer.send(new ProducerRecord<>("small", 0, null, "value-" + i)));
            }
            for (int i = 0; i < 200; i++) {
                assertThat(sent.get(i).get(30, TimeUnit.SECONDS).offset()).isEqualTo(i);
            }
        }
    }

    @Test
    void createsATopicThatItSendsTo() throws Exception {
        try (Producer<String, String> producer = builder().build()) {
            assertThat(producer.send(new ProducerRecord<>("made-by-sending", "k", "v"))
                            .get(30, TimeUnit.SECONDS)
                            .offset())
                    .isZero();
        }
    }

    @Test
    void nothingIsLostOrTwiceWhenTheNodeIsKilled() throws Exception {
        RoundTrips.createTopic(bootstrap(), "killed", 3, Map.of());
        List<CompletableFuture<RecordMetadata>> sent = new ArrayList<>();
        try (Producer<String, String> producer = builder()
                .batchBytes(2048)
                .client(c -> c.requestTimeout(Duration.ofSeconds(10)))
                .build()) {
            for (int i = 0; i < 30_000; i++) {
                sent.add(producer.send(new ProducerRecord<>("killed", i % 3, null, Integer.toString(i))));
                if (i == 15_000) {
                    server.kill();
                    server.run();
                }
            }
            producer.flush();
        }
        Map<Integer, List<ConsumerRecord<byte[], byte[]>>> read = RoundTrips.readAll(bootstrap(), "killed");
        Map<Integer, List<Integer>> values = new HashMap<>();
        read.forEach((partition, records) -> values.put(
                partition,
                records.stream()
                        .map(r -> Integer.valueOf(new String(r.value(), StandardCharsets.UTF_8)))
                        .toList()));
        assertThat(sent).allMatch(future -> future.isDone() && !future.isCompletedExceptionally());
        for (int p = 0; p < 3; p++) {
            assertThat(values.get(p)).hasSize(10_000).isSorted().doesNotHaveDuplicates();
        }
    }
}
