package io.braid.broker.cli;

import io.braid.client.producer.CompressionCodec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes the lines of standard input to a topic. */
@Command(
        name = "produce",
        description = {
            "Writes each line of standard input to a topic as a record, byte for byte.",
            "A line ends at a newline, which is not part of the record; a last line without one is a record too."
                    + " Lines without a key are spread over the partitions: a file comes back in order from a topic of"
                    + " one partition, or with --partition."
        },
        sortOptions = false)
final class ProduceCommand implements Callable<Integer> {

    private static final int MAX_LINE_BYTES = 64 << 20;
    private static final int MAX_REQUEST_BYTES = MAX_LINE_BYTES + (1 << 20);
    private static final Duration MAX_BLOCK = Duration.ofSeconds(15);

    @Parameters(paramLabel = "TOPIC", description = "Its name.")
    private String topic = "";

    @Option(
            names = "--key-separator",
            paramLabel = "TEXT",
            defaultValue = "",
            description = "Text between key and value of each line, such as :. Default: lines have no key.")
    private String keySeparator;

    @Option(names = "--partition", paramLabel = "N", description = "Partition. Default: by key, or spread.")
    private Optional<Integer> partition = Optional.empty();

    @Option(
            names = "--acks",
            paramLabel = "0|1|all",
            defaultValue = "all",
            description = "Replicas that must have a record. Default: ${DEFAULT-VALUE}.")
    private String acks;

    @Option(
            names = "--compression",
            paramLabel = "CODEC",
            defaultValue = "none",
            description = "none, gzip, snappy, lz4 or zstd. Default: ${DEFAULT-VALUE}.")
    private String compression;

    @Mixin
    private ClientOptions options = new ClientOptions();

    private final Console console;

    ProduceCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        byte[] separator = keySeparator.getBytes(StandardCharsets.UTF_8);
        LineReader lines = new LineReader(console.in(), MAX_LINE_BYTES);
        try (RecordSink sink = sink()) {
            LineProducer sender = new LineProducer(sink, topic, partition, separator);
            sender.sendAll(lines);
            print(sender);
        }
        return ExitCode.DONE;
    }

    /** Braid's own producer, which always waits for all replicas, or Kafka's if that is not what is asked for. */
    private RecordSink sink() {
        boolean all = acks.equals("all") || acks.equals("-1");
        Optional<CompressionCodec> codec = codec();
        if (all && codec.isPresent() && !options.hasProperties()) {
            return new BraidRecordSink(options.reachable(), codec.get(), MAX_REQUEST_BYTES, MAX_BLOCK);
        }
        Map<String, Object> settings = options.connected(Map.of(
                ProducerConfig.ACKS_CONFIG,
                acks,
                ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
                all,
                ProducerConfig.COMPRESSION_TYPE_CONFIG,
                compression,
                ProducerConfig.BATCH_SIZE_CONFIG,
                128 << 10,
                ProducerConfig.LINGER_MS_CONFIG,
                5,
                ProducerConfig.MAX_BLOCK_MS_CONFIG,
                MAX_BLOCK.toMillis(),
                ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
                MAX_REQUEST_BYTES));
        return new KafkaRecordSink(new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer()));
    }

    private Optional<CompressionCodec> codec() {
        return Arrays.stream(CompressionCodec.values())
                .filter(codec -> codec.name().toLowerCase(Locale.ROOT).equals(compression))
                .findFirst();
    }

    private void print(LineProducer sender) {
        console.line(
                options.json()
                        ? Json.of(sender.summary())
                        : "produced " + sender.records() + " records, " + sender.bytes() + " bytes, to " + topic);
    }
}
