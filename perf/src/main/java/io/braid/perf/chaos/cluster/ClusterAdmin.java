package io.braid.perf.chaos.cluster;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartitionInfo;

/** What a run asks a cluster as an administrator. Every call waits a limited time; used by one thread. */
public final class ClusterAdmin implements AutoCloseable {
    private static final long CALL_SECONDS = 15;

    private final Admin admin;

    public ClusterAdmin(String bootstrap) {
        admin = Admin.create(Map.of(
                "bootstrap.servers",
                bootstrap,
                "client.id",
                "chaos-admin",
                "request.timeout.ms",
                5_000,
                "default.api.timeout.ms",
                10_000));
    }

    /** Makes the topic of the run. */
    public void createTopic(String topic, int partitions, int replicas, int minInSync) throws InterruptedException {
        NewTopic wanted = new NewTopic(topic, Optional.of(partitions), Optional.of((short) replicas))
                .configs(Map.of("min.insync.replicas", Integer.toString(minInSync)));
        if (!ask(admin.createTopics(List.of(wanted)).all()).done()) {
            throw new KafkaException("the topic " + topic + " could not be made");
        }
    }

    /** The node whose controller leads, if anyone knows. */
    public Optional<Integer> controllerLeader() throws InterruptedException {
        return ask(admin.describeMetadataQuorum().quorumInfo())
                .value()
                .map(quorum -> quorum.leaderId())
                .filter(id -> id > 0);
    }

    /** The nodes that lead partitions of the topic, once for each. */
    public List<Integer> leaders(String topic) throws InterruptedException {
        return partitions(Set.of(topic)).stream()
                .filter(partition -> partition.leader() != null)
                .map(partition -> partition.leader().id())
                .collect(Collectors.toList());
    }

    /** Those who are in sync with a leader, for each partition that this node leads. */
    public List<Set<Integer>> inSyncWhereLeading(String topic, int node) throws InterruptedException {
        return partitions(Set.of(topic)).stream()
                .filter(partition ->
                        partition.leader() != null && partition.leader().id() == node)
                .map(partition -> partition.isr().stream().map(n -> n.id()).collect(Collectors.toSet()))
                .collect(Collectors.toList());
    }

    /** Gives each partition to its preferred leader, or to any replica that is there, in sync or not. */
    public void elect(ElectionType type) throws InterruptedException {
        ask(admin.electLeaders(type, null).all());
    }

    /**
     * Waits until every partition of every topic has a leader and all its replicas in sync.
     *
     * @return what was missing at the end of the time; empty when all is well
     */
    public Optional<String> awaitInSync(Duration timeout) throws InterruptedException {
        long deadlineNs = System.nanoTime() + timeout.toNanos();
        Optional<String> missing = missing();
        while (missing.isPresent() && System.nanoTime() < deadlineNs) {
            Thread.sleep(100);
            missing = missing();
        }
        return missing;
    }

    @Override
    public void close() {
        admin.close(Duration.ofSeconds(5));
    }

    private Optional<String> missing() throws InterruptedException {
        Optional<Set<String>> topics = ask(admin.listTopics(
                                new org.apache.kafka.clients.admin.ListTopicsOptions().listInternal(true))
                        .names())
                .value();
        if (topics.isEmpty() || topics.get().isEmpty()) {
            return Optional.of("topics cannot be listed");
        }
        Optional<Map<String, TopicDescription>> described =
                ask(admin.describeTopics(topics.get()).allTopicNames()).value();
        if (described.isEmpty()) {
            return Optional.of("topics cannot be described");
        }
        List<String> lacking = new ArrayList<>();
        described.get().forEach((topic, description) -> description.partitions().stream()
                .filter(p -> p.leader() == null || p.isr().size() < p.replicas().size())
                .forEach(p -> lacking.add(topic + "-" + p.partition() + " leader="
                        + (p.leader() == null ? "none" : p.leader().id()) + " in-sync="
                        + p.isr().stream().map(n -> n.id()).collect(Collectors.toList()))));
        return lacking.isEmpty()
                ? Optional.empty()
                : Optional.of(lacking.size() + " partitions not in sync: "
                        + lacking.stream().limit(5).collect(Collectors.joining(", ")));
    }

    private List<TopicPartitionInfo> partitions(Collection<String> topics) throws InterruptedException {
        return ask(admin.describeTopics(topics).allTopicNames()).value().stream()
                .flatMap(described -> described.values().stream())
                .flatMap(description -> description.partitions().stream())
                .collect(Collectors.toList());
    }

    /** @param value empty when the call failed, or when what it gives is nothing */
    private record Answer<T>(boolean done, Optional<T> value) {}

    private static <T> Answer<T> ask(KafkaFuture<T> future) throws InterruptedException {
        try {
            return new Answer<>(true, Optional.ofNullable(future.get(CALL_SECONDS, TimeUnit.SECONDS)));
        } catch (ExecutionException | TimeoutException e) {
            return new Answer<>(false, Optional.empty());
        }
    }
}
