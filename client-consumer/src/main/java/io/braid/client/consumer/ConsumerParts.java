package io.braid.client.consumer;

import io.braid.client.ClusterClient;
import io.braid.client.consumer.group.GroupConfig;
import io.braid.client.consumer.group.GroupMember;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * What a consumer is made of in both its forms, and how that hangs together. Each part says who owns it; the methods here may be
 * called by any thread.
 */
final class ConsumerParts {
    final ConsumerConfig config;
    final ConsumerMetrics metrics;
    final SharedFetcher shared;
    final AppTasks tasks;
    final ClusterClient cluster;
    final Commits commits;
    final FetchLoop loop;
    final TopicsInUse topics;
    final AutoCommit autoCommit;
    final Rebalances rebalances;
    final Optional<GroupMember> member;
    private volatile boolean closed;

    /** @param onCommitted hears of what was committed, on the event loop */
    ConsumerParts(ConsumerBuilder<?, ?> builder, Consumer<Map<TopicPartition, OffsetAndMetadata>> onCommitted) {
        config = builder.config();
        metrics = new ConsumerMetrics(builder.registry(), config.client().clientId());
        Optional<GroupConfig> group = builder.group();
        shared = new SharedFetcher(new Fetcher(config.fetchSettings(group.isPresent())));
        tasks = new AppTasks(shared::signal);
        cluster = ClusterClient.open(config.client());
        commits = new Commits(cluster, shared, metrics, onCommitted, this::wakeLoop);
        loop = new FetchLoop(cluster, shared, config, metrics, commits);
        topics = new TopicsInUse(cluster, shared, loop::renewRouting);
        autoCommit = new AutoCommit(commits, config.autoCommitInterval(), config.autoCommit() && group.isPresent());
        rebalances = new Rebalances(
                shared,
                commits,
                tasks,
                metrics,
                autoCommit::wanted,
                config.apiTimeout(),
                this::onAdded,
                this::wakeLoop);
        member = group.map(of -> new GroupMember(cluster, of, rebalances));
        member.ifPresent(commits::member);
        metrics.gauges(
                () -> shared.get(Fetcher::bufferedBytes),
                () -> shared.get(Fetcher::retainedBytes),
                () -> shared.get(Fetcher::assignment).size(),
                () -> shared.get(fetcher -> fetcher.positions().maxLag()));
        cluster.addListener(loop);
    }

    private void onAdded(PartitionSet added) {
        topics.use(added);
        wakeLoop();
    }

    void wakeLoop() {
        loop.wake();
    }

    /** The application is alive, and does what is to be done from time to time; called by the owner of the automatic commits. */
    void alive(long nowNs) {
        member.ifPresent(GroupMember::alive);
        autoCommit.poll(nowNs);
    }

    // ---- failures

    /** Throws the failure of the membership, or the oldest one of reading, if there is one. */
    void throwFailure() {
        if (rebalances.failure() != null) {
            throw rebalances.failure();
        }
        RuntimeException failure = shared.get(Fetcher::failure);
        if (failure != null) {
            throw failure;
        }
    }

    /** Each failure once; null when there is none. */
    RuntimeException takeFailure() {
        RuntimeException failure = shared.get(Fetcher::takeFailure);
        return failure == null ? rebalances.takeFailure() : failure;
    }

    // ---- what may be called

    boolean closed() {
        return closed;
    }

    /** Nothing more may be called; what is under way still ends. */
    void markClosed() {
        closed = true;
    }

    void checkOpen() {
        if (closed) {
            throw new IllegalStateException("the consumer is closed");
        }
    }

    /** To be called before waiting for the client's thread, which must not wait for itself. */
    void checkMayWait() {
        checkOpen();
        if (cluster.eventLoop().inEventLoop()) {
            throw new IllegalStateException("this waits, and must not be called on the client's own thread");
        }
    }

    void checkGroup() {
        if (member.isEmpty()) {
            throw new IllegalStateException("the consumer has no group: name one by ConsumerBuilder.group");
        }
    }
}
