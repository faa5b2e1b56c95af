package io.braid.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.client.producer.CompressionCodec;
import io.braid.client.producer.Producer;
import io.braid.client.producer.ProducerBuilder;
import io.braid.client.producer.ProducerRecord;
import io.braid.client.producer.RecordMetadata;
import io.braid.client.producer.Serializer;
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
class ProducerOnKafkaTest {
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

    private static ProducerBuilder<String, String> builder() {
        return Producer.builder(server.bootstrap(), Serializer.string(), Serializer.string());
    }

    @Test
    void keepsOrderWithEveryCodec() throws Exception {
        for (CompressionCodec codec : CompressionCodec.values()) {
            String topic = "ordered-" + codec;
            RoundTrips.createTopic(server.bootstrap(), topic, 4, Map.of());
            List<CompletableFuture<RecordMetadata>> sent = new ArrayList<>();
            try (Producer<String, String> producer =
                    builder().compression(codec).batchBytes(4096).build()) {
                for (int i = 0; i < 4000; i++) {
                    sent.add(producer.send(new ProducerRecord<>(topic, i % 4, "k", "value-" + i)));
                }
                producer.flush();
                assertThat(producer.routing().version()).as("no watch").isZero();
            }
            Map<Integer, List<ConsumerRecord<byte[], byte[]>>> read = RoundTrips.readAll(server.bootstrap(), topic);
            for (int i = 0; i < 4000; i++) {
                assertThat(sent.get(i).join().offset()).isEqualTo(i / 4);
                byte[] value = read.get(i % 4).get(i / 4).value();
                assertThat(new String(value, StandardCharsets.UTF_8)).isEqualTo("value-" + i);
            }
        }
    }

    @Test
    void batchesAboveTheTopicsLimitAreSplit() throws Exception {
        RoundTrips.createTopic(server.bootstrap(), "small", 1, Map.of("max.message.bytes", "2000"));
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
        RoundTrips.createTopic(server.bootstrap(), "killed", 3, Map.of());
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
        Map<Integer, List<ConsumerRecord<byte[], byte[]>>> read = RoundTrips.readAll(server.bootstrap(), "killed");
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
