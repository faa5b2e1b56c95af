package io.braid.broker.cli;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.TopicListing;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Lists topics. */
@Command(name = "list", description = "Prints the names of all topics.", sortOptions = false)
final class TopicsListCommand implements Callable<Integer> {

    @Option(names = "--internal", description = "Internal topics too.")
    private boolean internal;

    @Mixin
    private ClientOptions options = new ClientOptions();

    private final Console console;

    TopicsListCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws InterruptedException, ExecutionException {
        try (TopicsClient client = TopicsClient.connect(console, options)) {
            List<TopicListing> topics =
                    client.admin().listTopics(new ListTopicsOptions().listInternal(internal)).listings().get().stream()
                            .sorted(Comparator.comparing(TopicListing::name))
                            .toList();
            topics.forEach(this::print);
            return ExitCode.DONE;
        }
    }

    private void print(TopicListing topic) {
        if (!options.json()) {
            console.line(topic.name());
            return;
        }
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("topic", topic.name());
        line.put("id", topic.topicId().toString());
        line.put("internal", topic.isInternal());
        console.line(Json.of(line));
    }
}
