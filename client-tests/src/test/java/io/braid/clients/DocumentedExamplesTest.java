package io.braid.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.client.producer.CompressionCodec;
import io.braid.client.producer.Producer;
import io.braid.client.producer.ProducerRecord;
import io.braid.client.producer.RecordMetadata;
import io.braid.client.producer.Serializer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
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

    @Test
    void theExampleRuns() throws Exception {
        try (BraidServer server = BraidServer.start(directory)) {
            produce(server.bootstrap());

            long records = RoundTrips.readAll(server.bootstrap(), "orders").values().stream()
                    .mapToLong(List::size)
                    .sum();
            assertThat(records).isEqualTo(2);
        }
    }

    @Test
    void thePageShowsTheExample() throws Exception {
        Path source = Path.of("src/test/java/io/braid/clients/DocumentedExamplesTest.java");
        List<String> example = new ArrayList<>();
        boolean inside = false;
        for (String line : Files.readAllLines(source)) {
            inside &= !line.equals("        // end");
            if (inside) {
                example.add(line);
            }
            inside |= line.equals("        // begin");
        }
        String shown = String.join("\n", example);
        assertThat(words(Files.readString(Path.of("../docs/clients.md")))).contains(words(shown));
    }

    private static String words(String text) {
        return text.replaceAll("\\s+", " ").trim();
    }
}
