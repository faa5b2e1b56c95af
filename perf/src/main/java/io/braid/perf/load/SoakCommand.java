package io.braid.perf.load;

import io.braid.perf.load.SoakSamples.Bounds;
import io.braid.perf.measure.ClientMemory;
import io.braid.perf.measure.LoadConsumer;
import io.braid.perf.measure.LoadProducer;
import io.braid.perf.measure.LoadSession;
import io.braid.perf.measure.LoadTopics;
import io.braid.perf.measure.ResultLine;
import io.braid.perf.measure.SequenceCheck;
import io.braid.perf.measure.UsageWindow;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** {@code braid perf soak}: minutes at full speed through one producer and one consumer, and whether they grow. */
@Command(
        name = "soak",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "One producer writes as fast as it can and one consumer reads at the same time, in rounds of --gb through new topics,"
                + " so that no disk fills. After each round both are at rest, and heap after a full collection, direct memory,"
                + " resident memory and threads of this process are taken.",
            "Prints one JSON line at the end, with the series and their trends (median slope, without the first third). Exits"
                + " with 1 when one grew beyond its bound, or records failed or were not read as written."
        })
public final class SoakCommand extends LoadCommand {
    private static final double GB = 1e9;
    private static final double MIB = 1 << 20;

    @Mixin
    private ProducerOptions options;

    @Option(names = "--minutes", defaultValue = "10", description = "Default: ${DEFAULT-VALUE}; a fraction is possible.")
    private double minutes;

    @Option(
            names = "--gb",
            defaultValue = "1",
            description = "10^9 bytes of values in a round (default: ${DEFAULT-VALUE}).")
    private double gb;

    @Option(
            names = "--max-heap-growth",
            paramLabel = "MIB",
            defaultValue = "8",
            description = "Of the heap after collection (default: ${DEFAULT-VALUE}).")
    private double heapMib;

    @Option(
            names = "--max-direct-growth",
            paramLabel = "MIB",
            defaultValue = "8",
            description = "Of direct memory (default: ${DEFAULT-VALUE}).")
    private double directMib;

    @Option(
            names = "--max-rss-growth",
            paramLabel = "MIB",
            defaultValue = "128",
            description = "Of resident memory, the JVM's own included (default: ${DEFAULT-VALUE}).")
    private double rssMib;

    @Option(
            names = "--max-thread-growth",
            paramLabel = "N",
            defaultValue = "1",
            description = "Of threads (default: ${DEFAULT-VALUE}).")
    private double threads;

    @Option(
            names = "--consumer",
            paramLabel = "KEY=VALUE",
            description = "A setting of the consumer of kafka-clients; can be given several times.")
    private Map<String, String> consumerSettings = new LinkedHashMap<>();

    @Override
    void validate(CommandSpec command) {
        options.validate(command);
        if (minutes <= 0 || gb * GB < load().size() || load().rate() > 0) {
            throw new ParameterException(
                    command.commandLine(), "--minutes is above 0, --gb at least a record, and there is no --rate");
        }
    }

    @Override
    boolean measure(LoadSession session, LoadTopics first, int rep) throws Exception {
        Bounds bounds = new Bounds(heapMib * MIB, directMib * MIB, rssMib * MIB, threads);
        SoakSamples samples = new SoakSamples();
        UsageWindow window = UsageWindow.start(load().pids());
        long startedNs = System.nanoTime();
        Failures failures = new Failures();
        String problem = "";
        long records = 0;
        ExecutorService writing = Executors.newSingleThreadExecutor();
        try (LoadProducer producer = producer(options);
                LoadConsumer consumer = consumer(consumerSettings)) {
            for (int round = 0; problem.isEmpty() && secondsSince(startedNs) < minutes * 60; round++) {
                LoadTopics topics = round == 0 ? first : session.create(first.partitions());
                Round one = new Round(producer, consumer, topics, failures);
                problem = one.run(writing);
                records += one.records;
                samples.add(secondsSince(startedNs), ClientMemory.afterGc());
                if (round > 0) {
                    session.delete(topics);
                }
            }
        } finally {
            writing.shutdownNow();
        }
        UsageWindow.Usage usage = window.stop();
        if (problem.isEmpty()) {
            problem = samples.enough() ? samples.problem(bounds) : "too few rounds for a trend: " + samples.size();
        }
        ResultLine line = line(session, first, rep);
        options.putInto(line, load());
        putThroughput(line, records, usage.seconds());
        failures.putInto(line);
        line.put("good", problem.isEmpty()).put("problem", problem);
        samples.putInto(line);
        usage.putInto(line, records, records * load().size());
        putBrokers(line);
        print(line);
        if (!problem.isEmpty()) {
            say("WRONG: " + problem);
        }
        return problem.isEmpty();
    }

    private static double secondsSince(long startedNs) {
        return (System.nanoTime() - startedNs) / 1e9;
    }

    /** So many records through new topics, written and read at the same time. */
    private final class Round {
        private final long records = (long) (gb * GB / load().size());
        private final LoadProducer producer;
        private final LoadConsumer consumer;
        private final LoadTopics topics;
        private final Failures failures;

        Round(LoadProducer producer, LoadConsumer consumer, LoadTopics topics, Failures failures) {
            this.producer = producer;
            this.consumer = consumer;
            this.topics = topics;
            this.failures = failures;
        }

        /** Returns what was wrong, or nothing. */
        String run(ExecutorService writing) throws Exception {
            Feed feed = Feed.even(producer, topics, load().size(), failures);
            SequenceCheck check = new SequenceCheck();
            Reading reading = new Reading(consumer, check, (topic, partition, offset, value) -> {});
            CompletableFuture<Void> written = CompletableFuture.runAsync(
                    () -> {
                        feed.send(records);
                        producer.flush();
                    },
                    writing);
            progress(topics, "soak", reading::received).<Exception>during(() -> {
                consumer.assign(topics.all());
                reading.readUntil(records);
                written.get();
            });
            if (failures.count() > 0) {
                return failures.count() + " records failed";
            }
            String wrong = check.problem(records);
            return wrong.isEmpty() ? "" : "in " + topics.prefix() + ": " + wrong;
        }
    }
}
