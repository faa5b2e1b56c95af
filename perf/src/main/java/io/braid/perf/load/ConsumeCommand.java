package io.braid.perf.load;

import io.braid.perf.measure.ClientKind;
import io.braid.perf.measure.LoadConsumer;
import io.braid.perf.measure.LoadProducer;
import io.braid.perf.measure.LoadSession;
import io.braid.perf.measure.LoadTopics;
import io.braid.perf.measure.ResultLine;
import io.braid.perf.measure.SequenceCheck;
import io.braid.perf.measure.UsageWindow;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.common.KafkaException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** {@code braid perf consume}: fills a topic, and reads it. */
@Command(
        name = "consume",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Fills topics with kafka-clients, whatever --client says, and reads them from their beginnings with one"
                    + " consumer of --client: --reps times, each with a JSON line, after once that is not counted (unless"
                    + " --warm-up 0).",
            "Every record is checked: each once, and in order within its partition. --seconds and --rate mean nothing"
                    + " here."
        })
public final class ConsumeCommand extends LoadCommand {
    private static final double GB = 1e9;

    @Mixin
    private ProducerOptions options;

    @Option(
            names = "--gb",
            defaultValue = "1",
            description = "10^9 bytes of values to read (default: ${DEFAULT-VALUE}); a fraction is possible.")
    private double gb;

    @Option(
            names = "--consumer",
            paramLabel = "KEY=VALUE",
            description = "A setting of the consumer of kafka-clients; can be given several times.")
    private Map<String, String> consumerSettings = new LinkedHashMap<>();

    @Override
    void validate(CommandSpec command) {
        options.validate(command);
        if (gb * GB < load().size()) {
            throw new ParameterException(command.commandLine(), "--gb is less than a record");
        }
    }

    /** All repetitions read the same topics. */
    @Override
    int timesOfMeasure() {
        return 1;
    }

    @Override
    boolean measure(LoadSession session, LoadTopics topics, int rep) throws IOException {
        long records = (long) (gb * GB / load().size());
        fill(topics, records);
        boolean good = load().warmUpSeconds() == 0 || read(session, topics, 0, records);
        for (int time = 1; time <= load().reps(); time++) {
            good &= read(session, topics, time, records);
        }
        return good;
    }

    private void fill(LoadTopics topics, long records) {
        Failures failures = new Failures();
        try (LoadProducer producer = ClientKind.KAFKA.producer(options.settings(load()))) {
            Feed feed = Feed.even(producer, topics, load().size(), failures);
            feed.learnTopics();
            progress(topics, "fill", feed::sent).during(() -> {
                feed.send(records);
                producer.flush();
            });
        }
        if (failures.count() > 0) {
            throw new KafkaException("the topic could not be filled: " + failures.count() + " records failed");
        }
    }

    private boolean read(LoadSession session, LoadTopics topics, int rep, long records) throws IOException {
        SequenceCheck check = new SequenceCheck();
        UsageWindow window = UsageWindow.start(load().pids());
        try (LoadConsumer consumer = consumer(consumerSettings)) {
            Reading reading = new Reading(consumer, check, (topic, partition, offset, value) -> {});
            progress(topics, rep == 0 ? "warm-up" : "measured", reading::received)
                    .during(() -> {
                        consumer.assign(topics.all());
                        reading.readUntil(records);
                    });
            UsageWindow.Usage usage = window.stop();
            String problem = check.problem(records);
            if (rep > 0) {
                ResultLine line = line(session, topics, rep);
                options.putInto(line, load());
                putThroughput(line, check.received(), usage.seconds());
                line.put("good", problem.isEmpty());
                if (!problem.isEmpty()) {
                    line.put("problem", problem);
                }
                usage.putInto(line, check.received(), check.received() * load().size());
                putBrokers(line);
                print(line);
            }
            if (!problem.isEmpty()) {
                say("WRONG: " + problem);
            }
            return problem.isEmpty();
        }
    }
}
