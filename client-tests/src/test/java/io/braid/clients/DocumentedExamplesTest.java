package io.braid.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.client.consumer.Consumer;
import io.braid.client.consumer.ConsumerRecord;
import io.braid.client.consumer.Deserializer;
import io.braid.client.consumer.HandlerOptions;
import io.braid.client.consumer.OffsetReset;
import io.braid.client.consumer.PartitionSet;
import io.braid.client.producer.CompressionCodec;
import io.braid.client.producer.Producer;
import io.braid.client.producer.ProducerRecord;
import io.braid.client.producer.RecordMetadata;
import io.braid.client.producer.Serializer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples of docs/clients.md compile, run, and stand there as they stand here. */
class DocumentedExamplesTest {
    @TempDir
    Path directory;

    private static void produce(String bootstrap) throws ExecutionException, InterruptedException {
        // begin
        try (Producer<String, String> producer = Producer.builder(bootstrap, Serializer.string(), Serializer.string())
                .compression(CompressionCodec.LZ4)
                .build()) {
            CompletableFuture<RecordMetadata> sent = producer.send(new ProducerRecord<>("orders", "key", "value"));
            RecordMetadata at = sent.get();
            System.out.println(at.partition() + " " + at.offset());

            producer.send(new ProducerRecord<>("orders", "key", "other"), (metadata, failure) -> {
                if (failure != null) {
                    System.err.println(failure);
                }
            });
            producer.flush();
        }
        // end
    }

    private static List<String> poll(String bootstrap) {
        List<String> values = new ArrayList<>();
        // begin
        try (Consumer<String, String> consumer = Consumer.builder(
                        bootstrap, Deserializer.string(), Deserializer.string())
                .group("billing")
                .offsetReset(OffsetReset.earliest())
                .build()) {
            consumer.subscribe(List.of("orders"));
            while (values.size() < 2) {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(100))) {
                    values.add(record.value());
                }
            }
        } // what was read is committed here
        // end
        return values;
    }

    private static void handle(String bootstrap, Queue<String> values) throws InterruptedException {
        CountDownLatch two = new CountDownLatch(2);
        // begin
        try (Consumer<String, String> consumer = Consumer.builder(
                        bootstrap, Deserializer.string(), Deserializer.string())
                .group("shipping")
                .offsetReset(OffsetReset.earliest())
                .build()) {
            consumer.subscribe(
                    List.of("orders"),
                    record -> {
                        values.add(record.key() + "=" + record.value());
                        two.countDown();
                    },
                    HandlerOptions.defaults().withParallelism(8));
            two.await();
        }
        // end
    }

    private static Map<TopicPartition, Long> assigned(String bootstrap) {
        Map<TopicPartition, Long> positions = new HashMap<>();
        // begin
        try (Consumer<byte[], String> consumer = Consumer.builder(
                        bootstrap, Deserializer.bytes(), Deserializer.ofBytes(new StringDeserializer()::deserialize))
                .build()) {
            int count = consumer.partitionCount("orders");
            consumer.assign(PartitionSet.range("orders", Uuid.ZERO_UUID, 0, count));
            for (TopicPartition partition : consumer.assignment().toTopicPartitions()) {
                consumer.seekToBeginning(List.of(partition));
                positions.put(partition, consumer.position(partition));
            }
        }
        // end
        return positions;
    }

    @Test
    void theExamplesRun() throws Exception {
        try (BraidServer server = BraidServer.start(directory)) {
            produce(server.bootstrap());
            Queue<String> handled = new ConcurrentLinkedQueue<>();
            handle(server.bootstrap(), handled);

            assertThat(poll(server.bootstrap())).containsExactly("value", "other");
            assertThat(handled).containsExactly("key=value", "key=other");
            assertThat(assigned(server.bootstrap()).values()).isNotEmpty().containsOnly(0L);
        }
    }

    @Test
    void thePageShowsTheExamples() throws Exception {
        Path source = Path.of("src/test/java/io/braid/clients/DocumentedExamplesTest.java");
        String page = words(Files.readString(Path.of("../docs/clients.md")));
        List<String> example = new ArrayList<>();
        boolean inside = false;
        int examples = 0;
        for (String line : Files.readAllLines(source)) {
            if (inside && line.equals("        // end")) {
                assertThat(page).contains(words(String.join("\n", example)));
                example.clear();
                inside = false;
                examples++;
            }
            if (inside) {
                example.add(line);
            }
            inside |= line.equals("        // begin");
        }
        assertThat(examples).isEqualTo(4);
    }

    private static String words(String text) {
        return text.replaceAll("\\s+", " ").replace("( ", "(").trim();
    }
}
