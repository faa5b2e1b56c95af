package io.braid.perf.load;

import io.braid.perf.measure.ConsumerSettings;
import io.braid.perf.measure.FixedSchedule;
import io.braid.perf.measure.LoadConsumer;
import io.braid.perf.measure.LoadOptions;
import io.braid.perf.measure.LoadProducer;
import io.braid.perf.measure.LoadSession;
import io.braid.perf.measure.LoadTopics;
import io.braid.perf.measure.NodeProcessFigures;
import io.braid.perf.measure.Progress;
import io.braid.perf.measure.ResultLine;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A load: for each number of partitions, and each time, new topics, a measurement, a result line. Exits with 1 when one was not good. */
abstract class LoadCommand implements Callable<Integer> {
    private static final double MB = 1e6;

    @Mixin
    private LoadOptions load;

    @Spec
    private CommandSpec spec;

    @Override
    public final Integer call() throws Exception {
        load.validate(spec);
        validate(spec);
        boolean good = true;
        try (LoadSession session = new LoadSession(load, spec.name())) {
            for (int rep = 1; rep <= timesOfMeasure(); rep++) {
                for (int partitions : load.partitions()) {
                    LoadTopics topics = session.create(partitions);
                    try {
                        good &= measure(session, topics, rep);
                    } finally {
                        session.delete(topics);
                    }
                }
            }
        }
        return good ? 0 : 1;
    }

    /** Looks at the options of this command; throws ParameterException. */
    abstract void validate(CommandSpec command);

    /**
     * One measurement on topics that are empty but for what settling wrote; prints its line, or lines.
     *
     * @return whether nothing failed, and what was read was what was written
     */
    abstract boolean measure(LoadSession session, LoadTopics topics, int rep) throws Exception;

    /** How often it is measured; by default as the options say. */
    int timesOfMeasure() {
        return load.reps();
    }

    final LoadOptions load() {
        return load;
    }

    /** A producer of the chosen library. */
    final LoadProducer producer(ProducerOptions options) {
        return asked(() -> load.client().producer(options.settings(load)));
    }

    /** A consumer of the chosen library. */
    final LoadConsumer consumer(Map<String, String> kafkaSettings) {
        return asked(() -> load.client().consumer(new ConsumerSettings(load.bootstrap(), "braid-perf", kafkaSettings)));
    }

    /** What a library does not take was asked for on the command line. */
    private <T> T asked(Supplier<T> making) {
        try {
            return making.get();
        } catch (IllegalArgumentException | KafkaException e) {
            throw new ParameterException(spec.commandLine(), e.toString(), e);
        }
    }

    final ResultLine line(LoadSession session, LoadTopics topics, int rep) {
        return session.line(spec.name(), topics, rep);
    }

    /** Sends for so long: as fast as it goes or, with a rate, on a schedule of its own. */
    final void run(Feed feed, int seconds, Times times) {
        if (load.rate() == 0) {
            feed.fullSpeed(TimeUnit.SECONDS.toNanos(seconds), times);
        } else {
            FixedSchedule schedule = new FixedSchedule(System.nanoTime(), load.rate());
            feed.onSchedule(schedule, 0, (long) seconds * load.rate(), times);
        }
    }

    /** Tells records and MB a second since the last line. */
    final Progress progress(LoadTopics topics, String doing, LongSupplier records) {
        long[] last = {records.getAsLong()};
        return new Progress(err(), spec.name() + " partitions=" + topics.partitions() + " " + doing, () -> {
            long now = records.getAsLong();
            long since = now - last[0];
            last[0] = now;
            return String.format(
                    Locale.ROOT, "%d records, %d/s, %.1f MB/s", now, since, (double) since * load.size() / MB);
        });
    }

    /** Adds {@code records}, {@code seconds}, {@code recordsPerS} and {@code mbPerS}. */
    final void putThroughput(ResultLine line, long records, double seconds) {
        line.put("records", records)
                .put("seconds", seconds)
                .put("recordsPerS", records / seconds)
                .put("mbPerS", records * (double) load.size() / MB / seconds);
    }

    /** Adds what the brokers' processes hold, if they are known. */
    final void putBrokers(ResultLine line) throws IOException {
        line.putAll(NodeProcessFigures.processes(load.pids()));
    }

    final void print(ResultLine line) {
        line.print(spec.commandLine().getOut());
    }

    final void say(String text) {
        err().println(spec.name() + ": " + text);
        err().flush();
    }

    private PrintWriter err() {
        return spec.commandLine().getErr();
    }
}
