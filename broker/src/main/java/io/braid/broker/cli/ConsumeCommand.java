package io.braid.broker.cli;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Prints the records of a topic. */
@Command(
        name = "consume",
        description = {
            "Prints the records of a topic, each followed by a newline, byte for byte.",
            "It reads all partitions from their end, and goes on until it is stopped, unless told otherwise. It joins"
                    + " no group and commits nothing."
        },
        sortOptions = false)
final class ConsumeCommand implements Callable<Integer> {

    private static final int MAX_POLL_RECORDS = 10_000;
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    /** Where to start. */
    static final class Start {
        @Option(names = "--from-beginning", description = "Starts at the first record; short for --offset earliest.")
        private boolean fromBeginning;

        @Option(
                names = "--offset",
                paramLabel = "OFFSET",
                converter = StartOffset.Converter.class,
                description = "Starts there in each partition: a number, -N for N before the end, earliest or latest.")
        private StartOffset offset = StartOffset.LATEST;
    }

    @Parameters(paramLabel = "TOPIC", description = "Its name.")
    private String topic = "";

    @ArgGroup(exclusive = true)
    private Start start = new Start();

    @Option(names = "--partition", paramLabel = "N", split = ",", description = "Partitions. Default: all.")
    private List<Integer> partitions = new ArrayList<>();

    @Option(names = "--max", paramLabel = "N", description = "Ends after N records.")
    private Optional<Long> max = Optional.empty();

    @Option(names = "--exit-at-end", description = "Ends when it has read what was there when it started.")
    private boolean exitAtEnd;

    @Option(
            names = "--key-separator",
            paramLabel = "TEXT",
            description = "Prints the key and this text before the value.")
    private Optional<String> keySeparator = Optional.empty();

    @Option(names = "--no-final-newline", description = "Prints no newline after the last record.")
    private boolean noFinalNewline;

    @Mixin
    private ClientOptions options = new ClientOptions();

    private final Console console;

    ConsumeCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        if (max.isPresent() && max.get() < 1) {
            throw CliException.usage("--max must be at least 1");
        }
        if (options.json() && (keySeparator.isPresent() || noFinalNewline)) {
            throw CliException.usage("--json prints key and newline in its own way");
        }
        try (RecordSource source = source()) {
            TopicReader reader = new TopicReader(source, printer());
            reader.assign(topic, partitions, start.fromBeginning ? StartOffset.EARLIEST : start.offset);
            reader.read(max.map(OptionalLong::of).orElseGet(OptionalLong::empty), exitAtEnd);
        }
        return ExitCode.DONE;
    }

    /** Braid's own consumer, or Kafka's when there are settings for it. */
    private RecordSource source() {
        if (!options.hasProperties()) {
            return new BraidRecordSource(options.reachable(), PATIENCE, MAX_POLL_RECORDS);
        }
        Map<String, Object> settings = options.connected(Map.of(
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                false,
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "none",
                ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG,
                false,
                ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                MAX_POLL_RECORDS,
                ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                (int) PATIENCE.toMillis()));
        return new KafkaRecordSource(
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer()));
    }

    private RecordPrinter printer() {
        if (options.json()) {
            return new JsonRecordPrinter(console);
        }
        byte[] separator =
                keySeparator.map(s -> s.getBytes(StandardCharsets.UTF_8)).orElse(null);
        return new PlainRecordPrinter(console, Optional.ofNullable(separator), noFinalNewline);
    }
}
