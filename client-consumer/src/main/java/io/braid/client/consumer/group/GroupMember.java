package io.braid.client.consumer.group;

import io.braid.client.ClusterClient;
import io.braid.client.consumer.PartitionSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * One member of a consumer group, and the group's committed offsets. Owned by the event loop of the cluster's client: every
 * method is called there, futures complete there, and the listener hears there. Only {@link #alive}, {@link #state} and {@link
 * #identity} may be called by any thread.
 *
 * <p>Offsets can be committed and fetched without {@link #start}: then for a group without members, as consumers do that assign
 * partitions by themselves.
 */
public final class GroupMember {
    /** Hears of partitions, on the event loop; must not block it. */
    public interface Listener {
        /**
         * These partitions go to other members. The member keeps them, and commits for them are taken, until the future
         * completes; a failed future counts as a complete one. If it takes longer than {@link GroupConfig#maxPollInterval},
         * the coordinator throws the member out and {@link #onLost} follows.
         */
        CompletableFuture<Void> onRevoke(PartitionSet revoked);

        /**
         * These partitions came.
         *
         * @param added may be empty, when a rebalance changed nothing
         * @param whole all that the member has now
         */
        void onAssign(PartitionSet added, PartitionSet whole);

        /** These partitions are gone, and may already be at other members: nothing can be committed for them any more. */
        void onLost(PartitionSet lost);

        /** The membership has ended for a reason that trying again does not mend; {@link #onLost} came before if there was anything to lose. */
        void onFailed(KafkaException fatal);
    }

    public GroupMember(ClusterClient cluster, GroupConfig config, Listener listener) {
        throw new UnsupportedOperationException();
    }

    /** Subscribes to topics by name, in place of what was subscribed before. None leaves the group, until there are some again. */
    public void subscribe(Set<String> topics) {
        throw new UnsupportedOperationException();
    }

    /**
     * Subscribes to all topics whose whole name matches, in place of what was subscribed before. In the consumer protocol the
     * coordinator matches, and finds new topics by itself.
     *
     * @param re2jExpression in the syntax of RE2/J
     */
    public void subscribe(String re2jExpression) {
        throw new UnsupportedOperationException();
    }

    /** Takes part in the group from now on; a second call does nothing. */
    public void start() {
        throw new UnsupportedOperationException();
    }

    /** The application is alive: called at each poll, at least every {@link GroupConfig#maxPollInterval}. Any thread, cheap. */
    public void alive() {
        throw new UnsupportedOperationException();
    }

    /**
     * Commits offsets (of the next records to read). Commits take effect in the order of the calls; what passes is tried again
     * until {@link GroupConfig#operationTimeout}, and what waits meanwhile travels together.
     *
     * <p>Fails with CommitFailedException when a partition went to another member, or the membership was lost (not to be tried
     * again), with TimeoutException (whether it took effect is not known; a retry is safe), or with an authorization or other
     * ApiException of the broker's.
     */
    public CompletableFuture<Void> commit(Map<TopicPartition, OffsetAndMetadata> offsets) {
        throw new UnsupportedOperationException();
    }

    /**
     * The committed offsets of these partitions, after all commits before; partitions without one are missing. Fails with
     * TimeoutException or an ApiException of the broker's; a retry is safe.
     */
    public CompletableFuture<Map<TopicPartition, OffsetAndMetadata>> committed(PartitionSet partitions) {
        throw new UnsupportedOperationException();
    }

    /**
     * Ends the membership: partitions are revoked first ({@link Listener#onRevoke}), then commits are waited for, then the
     * group is told. Always completes normally, within {@link GroupConfig#operationTimeout} after the revocation. What is asked
     * for later fails.
     */
    public CompletableFuture<Void> leave() {
        throw new UnsupportedOperationException();
    }

    public MemberState state() {
        throw new UnsupportedOperationException();
    }

    /** Who this is in the group now. */
    public MemberIdentity identity() {
        throw new UnsupportedOperationException();
    }
}
