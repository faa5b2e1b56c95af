package io.braid.broker.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.CreateTopicsResult;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.TopicExistsException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Creates topics. */
@Command(name = "create", description = "Creates topics.", sortOptions = false)
final class TopicsCreateCommand implements Callable<Integer> {

    @Parameters(paramLabel = "TOPIC", arity = "1..*", description = "Their names.")
    private List<String> names = new ArrayList<>();

    @Option(names = "--partitions", paramLabel = "N", description = "Partitions. Default: the broker's num.partitions.")
    private Optional<Integer> partitions = Optional.empty();

    @Option(
            names = "--replication-factor",
            paramLabel = "N",
            description = "Replicas. Default: the broker's default.replication.factor.")
    private Optional<Short> replicationFactor = Optional.empty();

    @Option(names = "--config", paramLabel = "KEY=VALUE", description = "A setting: see docs/configuration.md.")
    private Map<String, String> configs = new LinkedHashMap<>();

    @Option(names = "--if-not-exists", description = "A topic that exists already is no failure.")
    private boolean ifNotExists;

    @Option(names = "--validate-only", description = "Only says whether the topics could be created.")
    private boolean validateOnly;

    @Mixin
    private ClientOptions options = new ClientOptions();

    private final Console console;

    TopicsCreateCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws InterruptedException {
        List<NewTopic> topics = names.stream()
                .distinct()
                .map(name -> new NewTopic(name, partitions, replicationFactor).configs(configs))
                .toList();
        try (TopicsClient client = TopicsClient.connect(console, options)) {
            CreateTopicsResult result =
                    client.admin().createTopics(topics, new CreateTopicsOptions().validateOnly(validateOnly));
            for (NewTopic topic : topics) {
                report(client, result, topic.name());
            }
            return client.exitCode();
        }
    }

    private void report(TopicsClient client, CreateTopicsResult result, String topic) throws InterruptedException {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("topic", topic);
        try {
            result.values().get(topic).get();
            line.put("outcome", validateOnly ? "valid" : "created");
            if (!validateOnly) {
                line.put("id", result.topicId(topic).get().toString());
                line.put("partitions", result.numPartitions(topic).get());
                line.put("replicationFactor", result.replicationFactor(topic).get());
            }
        } catch (ExecutionException e) {
            if (!ifNotExists || !(Failure.root(e) instanceof TopicExistsException)) {
                client.onFailure(topic, e);
                return;
            }
            line.put("outcome", "exists");
        }
        console.line(options.json() ? Json.of(line) : line.get("outcome") + " " + topic);
    }
}
