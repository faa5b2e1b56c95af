package io.braid.perf.load;

import io.braid.perf.measure.LoadProducer;
import io.braid.perf.measure.LoadSession;
import io.braid.perf.measure.LoadTopics;
import io.braid.perf.measure.ResultLine;
import io.braid.perf.measure.UsageWindow;
import java.io.IOException;
import java.util.SplittableRandom;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;

/** {@code braid perf spread}: one producer, each record to a random partition of very many. */
@Command(
        name = "spread",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "One producer writes each record to a random one of 1 to 1,000,000 partitions (--partitions"
                    + " 1,1000,1000000), as fast as it can or, with --rate, on a fixed schedule, within --buffer bytes of"
                    + " memory for records.",
            "Prints a JSON line for each number of partitions: throughput, latency, CPU, and the most that the"
                    + " producer, this process' heap and its direct memory held. Exits with 1 when records failed, or held"
                    + " more than --buffer."
        })
public final class SpreadCommand extends LoadCommand {
    private static final long SEED = 3;

    @Mixin
    private ProducerOptions options;

    @Override
    void validate(CommandSpec command) {
        options.validate(command);
    }

    @Override
    boolean measure(LoadSession session, LoadTopics topics, int rep) throws IOException {
        Failures failures = new Failures();
        Times times = new Times();
        SplittableRandom random = new SplittableRandom(SEED);
        try (LoadProducer producer = producer(options);
                MemoryPeak peak = new MemoryPeak(producer::bufferedBytes)) {
            Feed feed = new Feed(producer, topics, load().size(), () -> random.nextInt(topics.partitions()), failures);
            long learnedNs = System.nanoTime();
            feed.learnTopics();
            double learnSeconds = (System.nanoTime() - learnedNs) / 1e9;
            progress(topics, "warm-up", feed::sent).during(() -> run(feed, load().warmUpSeconds(), new Times()));
            // No flush: what is buffered is as it stays, and the clock stops when the last record is acknowledged.
            long before = feed.sent();
            UsageWindow window = UsageWindow.start(load().pids());
            progress(topics, "measured", feed::sent).during(() -> {
                run(feed, load().seconds(), times);
                producer.flush();
            });
            UsageWindow.Usage usage = window.stop();
            long records = feed.sent() - before;
            boolean within = peak.bufferedBytes() <= options.bufferBytes();
            ResultLine line = line(session, topics, rep);
            options.putInto(line, load());
            line.put("learnTopicsSeconds", learnSeconds);
            putThroughput(line, records, usage.seconds());
            failures.putInto(line);
            times.putInto(line, load().rate() > 0);
            usage.putInto(line, records, records * load().size());
            line.put("withinBuffer", within);
            peak.putInto(line);
            line.putAll(producer.figures());
            putBrokers(line);
            print(line);
            return within && failures.count() == 0;
        }
    }
}
