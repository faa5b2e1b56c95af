package io.braid.perf.load;

import io.braid.perf.measure.FixedSchedule;
import io.braid.perf.measure.LatencyRecorder;
import io.braid.perf.measure.LoadConsumer;
import io.braid.perf.measure.LoadProducer;
import io.braid.perf.measure.LoadSession;
import io.braid.perf.measure.LoadTopics;
import io.braid.perf.measure.RecordValues;
import io.braid.perf.measure.ResultLine;
import io.braid.perf.measure.SequenceCheck;
import io.braid.perf.measure.UsageWindow;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** {@code braid perf end-to-end}: from when a record was due to when a consumer of the same process has it. */
@Command(
        name = "end-to-end",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "One producer sends records on a fixed schedule (--rate, 1000 a second by default), one consumer reads"
                    + " them, and each record's time counts from when it was due: a stall shows in all that it held up.",
            "Prints a JSON line: the times to the consumer (p50Ms ...), to the acknowledgement (ackP50Ms ...), and by"
                    + " how much records were sent late (lateP50Ms ...). Every record is checked: each once, in order in"
                    + " its partition."
        })
public final class EndToEndCommand extends LoadCommand {
    private static final int DEFAULT_RATE = 1_000;
    private static final int READY_SECONDS = 60;

    @Mixin
    private ProducerOptions options;

    @Option(
            names = "--consumer",
            paramLabel = "KEY=VALUE",
            description = "A setting of the consumer of kafka-clients; can be given several times.")
    private Map<String, String> consumerSettings = new LinkedHashMap<>();

    @Override
    void validate(CommandSpec command) {
        load().rateOtherwise(DEFAULT_RATE);
        options.validate(command);
    }

    @Override
    boolean measure(LoadSession session, LoadTopics topics, int rep) throws IOException, InterruptedException {
        int rate = load().rate();
        long warmUp = (long) rate * load().warmUpSeconds();
        long records = (long) rate * load().seconds();
        Failures failures = new Failures();
        LatencyRecorder toConsumer = new LatencyRecorder();
        Times times = new Times();
        SequenceCheck check = new SequenceCheck();
        try (LoadProducer producer = producer(options);
                Reader reader = new Reader(topics, check, warmUp, toConsumer)) {
            reader.start(warmUp + records);
            Feed feed = Feed.even(producer, topics, load().size(), failures);
            feed.learnTopics();
            FixedSchedule schedule = new FixedSchedule(System.nanoTime(), rate);
            progress(topics, "warm-up", reader.reading::received)
                    .during(() -> feed.onSchedule(schedule, 0, warmUp, new Times()));
            UsageWindow window = UsageWindow.start(load().pids());
            progress(topics, "measured", reader.reading::received).during(() -> {
                feed.onSchedule(schedule, warmUp, records, times);
                producer.flush();
                reader.join();
            });
            UsageWindow.Usage usage = window.stop();
            String problem = check.problem(warmUp + records - failures.count());
            ResultLine line = line(session, topics, rep);
            options.putInto(line, load());
            putThroughput(line, records, usage.seconds());
            failures.putInto(line);
            line.put("good", problem.isEmpty());
            if (!problem.isEmpty()) {
                line.put("problem", problem);
                say("WRONG: " + problem);
            }
            line.put("latencyFrom", "due");
            toConsumer.putInto(line, "");
            times.acknowledged().putInto(line, "ack");
            times.late().putInto(line, "late");
            usage.putInto(line, records, records * load().size());
            putBrokers(line);
            print(line);
            return problem.isEmpty() && failures.count() == 0;
        }
    }

    /** The consumer, on a thread of its own. */
    private final class Reader implements AutoCloseable {
        private final LoadTopics topics;
        private final LoadConsumer consumer;
        private final Reading reading;
        private final CountDownLatch ready = new CountDownLatch(1);
        private final CompletableFuture<Long> done = new CompletableFuture<>();
        private Thread thread;

        Reader(LoadTopics topics, SequenceCheck check, long countFrom, LatencyRecorder toConsumer) {
            this.topics = topics;
            consumer = consumer(consumerSettings);
            reading = new Reading(consumer, check, (topic, partition, offset, value) -> {
                if (RecordValues.sequence(value) >= countFrom) {
                    toConsumer.record(System.nanoTime() - RecordValues.timeNs(value));
                }
            });
        }

        /** Returns when it has read what settling wrote, so that its connections are there. */
        void start(long records) throws InterruptedException {
            thread = new Thread(() -> run(records), "perf-reader");
            thread.setDaemon(true);
            thread.start();
            if (!ready.await(READY_SECONDS, TimeUnit.SECONDS) && !done.isDone()) {
                say("the consumer has read nothing for " + READY_SECONDS + " s");
            }
        }

        private void run(long records) {
            try {
                consumer.assign(topics.all());
                reading.readOthers();
                ready.countDown();
                done.complete(reading.readUntil(records));
            } catch (RuntimeException e) {
                done.completeExceptionally(e);
            } finally {
                ready.countDown();
                // The end was asked for by an interrupt, which the consumer would take for an order not to close in
                // peace.
                Thread.interrupted();
                consumer.close();
            }
        }

        /** Waits until all is read, or nothing comes any more. */
        void join() {
            try {
                done.join();
            } catch (CompletionException e) {
                throw e.getCause() instanceof RuntimeException cause ? cause : e;
            }
        }

        @Override
        public void close() {
            thread.interrupt();
        }
    }
}
