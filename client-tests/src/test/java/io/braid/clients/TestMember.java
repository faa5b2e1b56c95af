package io.braid.clients;

import io.braid.client.ClientConfig;
import io.braid.client.ClusterClient;
import io.braid.client.consumer.PartitionSet;
import io.braid.client.consumer.group.GroupConfig;
import io.braid.client.consumer.group.GroupMember;
import io.braid.client.consumer.group.MemberIdentity;
import io.braid.client.consumer.group.MemberState;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/** A member of a group without a consumer around it: its listener takes notes and gives up what it is asked to. */
@SuppressWarnings("FutureReturnValueIgnored") // a future within a future, which is unwrapped
final class TestMember implements GroupMember.Listener, AutoCloseable {
    private final ClusterClient cluster;
    private final GroupMember member;
    private final List<String> happened = new CopyOnWriteArrayList<>();
    private volatile PartitionSet owned = PartitionSet.EMPTY;
    private volatile Function<PartitionSet, CompletableFuture<Void>> whenRevoked =
            set -> CompletableFuture.completedFuture(null);
    private volatile KafkaException failed;

    TestMember(String bootstrap, GroupConfig config) {
        this.cluster = ClusterClient.open(ClientConfig.builder(bootstrap).build());
        this.member = ask(client -> new GroupMember(client, config, this));
    }

    private <T> T ask(Function<ClusterClient, T> question) {
        return CompletableFuture.supplyAsync(() -> question.apply(cluster), cluster.eventLoop())
                .join();
    }

    private void tell(Consumer<GroupMember> what) {
        CompletableFuture.runAsync(() -> what.accept(member), cluster.eventLoop())
                .join();
    }

    TestMember join(String... topics) {
        tell(group -> {
            group.subscribe(Set.of(topics));
            group.start();
        });
        return this;
    }

    TestMember joinMatching(String expression) {
        tell(group -> {
            group.subscribe(expression);
            group.start();
        });
        return this;
    }

    void subscribe(String... topics) {
        tell(group -> group.subscribe(Set.of(topics)));
    }

    void alive() {
        member.alive();
    }

    void onRevokeDo(Function<PartitionSet, CompletableFuture<Void>> action) {
        whenRevoked = action;
    }

    CompletableFuture<Void> commit(Map<TopicPartition, OffsetAndMetadata> offsets) {
        return CompletableFuture.supplyAsync(() -> member.commit(offsets), cluster.eventLoop())
                .thenCompose(f -> f);
    }

    CompletableFuture<Map<TopicPartition, OffsetAndMetadata>> committed(PartitionSet partitions) {
        return CompletableFuture.supplyAsync(() -> member.committed(partitions), cluster.eventLoop())
                .thenCompose(f -> f);
    }

    PartitionSet owned() {
        return owned;
    }

    /** The numbers of a topic's partitions that are owned. */
    List<Integer> owned(String topic) {
        return owned.toTopicPartitions().stream()
                .filter(partition -> partition.topic().equals(topic))
                .map(TopicPartition::partition)
                .toList();
    }

    MemberState state() {
        return member.state();
    }

    MemberIdentity identity() {
        return member.identity();
    }

    /** What the listener heard, in order: {@code +}, {@code -} or {@code lost}, and the partitions. */
    List<String> happened() {
        return happened;
    }

    KafkaException failed() {
        return failed;
    }

    void leave() {
        CompletableFuture.supplyAsync(member::leave, cluster.eventLoop())
                .thenCompose(f -> f)
                .orTimeout(60, TimeUnit.SECONDS)
                .join();
    }

    /** Gone without a word, as a killed process. */
    void kill() {
        tell(GroupMember::abandon);
        cluster.close();
    }

    @Override
    public void close() {
        leave();
        cluster.close();
    }

    @Override
    public CompletableFuture<Void> onRevoke(PartitionSet revoked) {
        return whenRevoked.apply(revoked).whenComplete((nothing, failure) -> {
            happened.add("-" + revoked);
            owned = owned.minus(revoked);
        });
    }

    @Override
    public void onAssign(PartitionSet added, PartitionSet whole) {
        happened.add("+" + added);
        owned = whole;
    }

    @Override
    public void onLost(PartitionSet lost) {
        happened.add("lost " + lost);
        owned = owned.minus(lost);
    }

    @Override
    public void onFailed(KafkaException fatal) {
        happened.add("failed " + fatal);
        failed = fatal;
    }
}
