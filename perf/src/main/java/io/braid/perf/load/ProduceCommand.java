package io.braid.perf.load;

import io.braid.perf.measure.LoadProducer;
import io.braid.perf.measure.LoadSession;
import io.braid.perf.measure.LoadTopics;
import io.braid.perf.measure.ResultLine;
import io.braid.perf.measure.UsageWindow;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;

/** {@code braid perf produce}: one producer, as fast as it can or on a schedule. */
@Command(
        name = "produce",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "One producer writes records without keys, as fast as it can or, with --rate, on a fixed schedule.",
            "Prints a JSON line: throughput, CPU of brokers and client, latency from the send (one record in 16) or, with"
                + " --rate, from the time at which each record was due."
        })
public final class ProduceCommand extends LoadCommand {
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
        try (LoadProducer producer = producer(options)) {
            Feed feed = Feed.even(producer, topics, load().size(), failures);
            feed.learnTopics();
            progress(topics, "warm-up", feed::sent).during(() -> {
                run(feed, load().warmUpSeconds(), new Times());
                producer.flush();
            });
            long before = feed.sent();
            UsageWindow window = UsageWindow.start(load().pids());
            progress(topics, "measured", feed::sent).during(() -> {
                run(feed, load().seconds(), times);
                producer.flush();
            });
            UsageWindow.Usage usage = window.stop();
            long records = feed.sent() - before;
            ResultLine line = line(session, topics, rep);
            options.putInto(line, load());
            putThroughput(line, records, usage.seconds());
            failures.putInto(line);
            times.putInto(line, load().rate() > 0);
            usage.putInto(line, records, records * load().size());
            line.putAll(producer.figures());
            putBrokers(line);
            print(line);
        }
        return failures.count() == 0;
    }
}
