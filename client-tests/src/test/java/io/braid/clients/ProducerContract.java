package io.braid.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.client.producer.CompressionCodec;
import io.braid.client.producer.Producer;
import io.braid.client.producer.ProducerBuilder;
import io.braid.client.producer.ProducerRecord;
import io.braid.client.producer.RecordMetadata;
import io.braid.client.producer.Serializer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

/** What the producer does on any broker. */
abstract class ProducerContract {
    abstract String bootstrap();

    ProducerBuilder<String, String> builder() {
        return Producer.builder(bootstrap(), Serializer.string(), Serializer.string());
    }

    @Test
    void sendsAndTellsWhereItIs() throws Exception {
        RoundTrips.createTopic(bootstrap(), "first", 3, Map.of());
        try (Producer<String, String> producer = builder().build()) {
            RecordMetadata at = producer.send(new ProducerRecord<>("first", 1, "key", "value"))
                    .get(20, TimeUnit.SECONDS);

            assertThat(at.topic()).isEqualTo("first");
            assertThat(at.partition()).isEqualTo(1);
            assertThat(at.offset()).isZero();
        }
        ConsumerRecord<byte[], byte[]> read =
                RoundTrips.readAll(bootstrap(), "first").get(1).get(0);
        assertThat(new String(read.value(), StandardCharsets.UTF_8)).isEqualTo("value");
        assertThat(new String(read.key(), StandardCharsets.UTF_8)).isEqualTo("key");
    }

    @Test
    void keepsOrderInEveryPartitionWithEveryCodec() throws Exception {
        for (CompressionCodec codec : CompressionCodec.values()) {
            String topic = "ordered-" + codec;
            RoundTrips.createTopic(bootstrap(), topic, 5, Map.of());
            List<CompletableFuture<RecordMetadata>> sent = new ArrayList<>();
            try (Producer<String, String> producer =
                    builder().compression(codec).batchBytes(4096).build()) {
                for (int i = 0; i < 5000; i++) {
                    sent.add(producer.send(new ProducerRecord<>(topic, i % 5, null, "value-" + i)));
                }
                producer.flush();
                assertThat(sent).allMatch(CompletableFuture::isDone);
            }
            Map<Integer, List<ConsumerRecord<byte[], byte[]>>> read = RoundTrips.readAll(bootstrap(), topic);
            for (int i = 0; i < 5000; i++) {
                RecordMetadata at = sent.get(i).join();
                assertThat(at.offset()).isEqualTo(i / 5);
                byte[] value = read.get(i % 5).get(i / 5).value();
                assertThat(new String(value, StandardCharsets.UTF_8)).isEqualTo("value-" + i);
            }
        }
    }
}
