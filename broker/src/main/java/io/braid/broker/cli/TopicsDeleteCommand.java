package io.braid.broker.cli;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Deletes topics. */
@Command(name = "delete", description = "Deletes topics with all their records.", sortOptions = false)
final class TopicsDeleteCommand implements Callable<Integer> {

    @Parameters(paramLabel = "TOPIC", arity = "1..*", description = "Their names.")
    private List<String> names = new ArrayList<>();

    @Option(names = "--if-exists", description = "A topic that does not exist is no failure.")
    private boolean ifExists;

    @Mixin
    private ClientOptions options = new ClientOptions();

    private final Console console;

    TopicsDeleteCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws InterruptedException {
        Set<String> topics = new LinkedHashSet<>(names);
        try (TopicsClient client = TopicsClient.connect(console, options)) {
            Map<String, KafkaFuture<Void>> deleted =
                    client.admin().deleteTopics(topics).topicNameValues();
            for (String topic : topics) {
                report(client, topic, deleted.get(topic));
            }
            return client.exitCode();
        }
    }

    private void report(TopicsClient client, String topic, KafkaFuture<Void> outcome) throws InterruptedException {
        try {
            outcome.get();
            print(topic, "deleted");
        } catch (ExecutionException e) {
            if (ifExists && Failure.root(e) instanceof UnknownTopicOrPartitionException) {
                print(topic, "missing");
            } else {
                client.onFailure(topic, e);
            }
        }
    }

    private void print(String topic, String outcome) {
        Map<String, Object> line = Map.of("topic", topic, "outcome", outcome);
        console.line(options.json() ? Json.of(new TreeMap<>(line)) : outcome + " " + topic);
    }
}
