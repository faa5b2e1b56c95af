package io.braid.broker.cli;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.config.ConfigResource;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Describes topics. */
@Command(name = "describe", description = "Prints the partitions and the settings of topics.", sortOptions = false)
final class TopicsDescribeCommand implements Callable<Integer> {

    @Parameters(paramLabel = "TOPIC", arity = "0..*", description = "Their names; none: all topics.")
    private List<String> names = new ArrayList<>();

    @Option(names = "--all-configs", description = "Settings that have their default too.")
    private boolean allConfigs;

    @Mixin
    private ClientOptions options = new ClientOptions();

    private final Console console;

    TopicsDescribeCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws InterruptedException, ExecutionException {
        try (TopicsClient client = TopicsClient.connect(console, options)) {
            Admin admin = client.admin();
            Collection<String> topics =
                    new TreeSet<>(names.isEmpty() ? admin.listTopics().names().get() : names);
            Map<String, KafkaFuture<TopicDescription>> described =
                    admin.describeTopics(topics).topicNameValues();
            List<String> found = new ArrayList<>();
            for (String topic : topics) {
                if (client.succeeded(topic, described.get(topic))) {
                    found.add(topic);
                }
            }
            Map<ConfigResource, KafkaFuture<org.apache.kafka.clients.admin.Config>> configs = admin.describeConfigs(
                            found.stream().map(TopicsDescribeCommand::resource).toList())
                    .values();
            for (String topic : found) {
                print(
                        described.get(topic).get(),
                        settings(configs.get(resource(topic)).get()));
            }
            return client.exitCode();
        }
    }

    private static ConfigResource resource(String topic) {
        return new ConfigResource(ConfigResource.Type.TOPIC, topic);
    }

    private Map<String, String> settings(org.apache.kafka.clients.admin.Config config) {
        Map<String, String> settings = new TreeMap<>();
        for (ConfigEntry entry : config.entries()) {
            if (allConfigs || entry.source() == ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG) {
                settings.put(entry.name(), String.valueOf(entry.value()));
            }
        }
        return settings;
    }

    private void print(TopicDescription topic, Map<String, String> settings) {
        if (options.json()) {
            console.line(Json.of(json(topic, settings)));
            return;
        }
        int replicas = topic.partitions().get(0).replicas().size();
        String configs = settings.entrySet().stream().map(Object::toString).collect(Collectors.joining(" "));
        console.line("topic=" + topic.name() + " id=" + topic.topicId() + " partitions="
                + topic.partitions().size() + " replication-factor=" + replicas
                + (configs.isEmpty() ? "" : " " + configs));
        for (TopicPartitionInfo partition : topic.partitions()) {
            console.line("  partition=" + partition.partition() + " leader=" + leader(partition) + " replicas="
                    + ids(partition.replicas()) + " isr=" + ids(partition.isr()));
        }
    }

    private static Map<String, Object> json(TopicDescription topic, Map<String, String> settings) {
        List<Map<String, Object>> partitions = new ArrayList<>();
        for (TopicPartitionInfo partition : topic.partitions()) {
            Map<String, Object> member = new LinkedHashMap<>();
            member.put("partition", partition.partition());
            member.put("leader", leader(partition));
            member.put("replicas", partition.replicas().stream().map(Node::id).toList());
            member.put("isr", partition.isr().stream().map(Node::id).toList());
            partitions.add(member);
        }
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("topic", topic.name());
        line.put("id", topic.topicId().toString());
        line.put("internal", topic.isInternal());
        line.put("configs", settings);
        line.put("partitions", partitions);
        return line;
    }

    private static int leader(TopicPartitionInfo partition) {
        return partition.leader() == null || partition.leader().isEmpty()
                ? -1
                : partition.leader().id();
    }

    private static String ids(List<Node> nodes) {
        return nodes.stream().map(Node::idString).collect(Collectors.joining(","));
    }
}
