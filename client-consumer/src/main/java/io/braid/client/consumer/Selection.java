package io.braid.client.consumer;

import io.braid.client.consumer.group.GroupMember;
import io.braid.client.consumer.group.MemberState;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.common.errors.ApiException;

/**
 * What a consumer reads: partitions that the application assigns, or, from the first subscription on, those that the group gives.
 * Any thread.
 */
final class Selection {
    private final ConsumerParts parts;
    private volatile boolean subscribed;
    private volatile boolean unsubscribed; // the member knows that nothing is subscribed any more

    Selection(ConsumerParts parts) {
        this.parts = parts;
    }

    boolean subscribed() {
        return subscribed;
    }

    /** By names. */
    PartitionSet assignment() {
        return parts.shared.get(Fetcher::assignment);
    }

    void assign(PartitionSet partitions) {
        parts.checkOpen();
        if (subscribed && !givenUp()) {
            throw new IllegalStateException(
                    "the consumer is subscribed: unsubscribe first, and poll until it has no partitions");
        }
        subscribed = false;
        PartitionSet wanted = partitions.withoutIds();
        long nowNs = System.nanoTime();
        PartitionSet gone = parts.shared.get(fetcher -> {
            PartitionSet removed = fetcher.assignment().minus(wanted);
            fetcher.remove(removed, nowNs);
            fetcher.add(wanted, false, nowNs);
            return removed;
        });
        parts.topics.use(wanted);
        parts.topics.release(gone, wanted);
        parts.wakeLoop();
    }

    private boolean givenUp() {
        return unsubscribed
                && parts.member.orElseThrow().state() == MemberState.OUTSIDE
                && assignment().isEmpty();
    }

    /** @param subscription tells the group's member, on the event loop */
    void subscribe(Consumer<GroupMember> subscription) {
        parts.checkOpen();
        parts.checkGroup();
        GroupMember of = parts.member.orElseThrow();
        if (!subscribed) {
            assign(PartitionSet.EMPTY);
            subscribed = true;
        }
        unsubscribed = false;
        parts.cluster.eventLoop().execute(() -> {
            try {
                subscription.accept(of);
                of.start();
            } catch (RuntimeException e) {
                parts.rebalances.onFailed(new ApiException("cannot subscribe", e));
            }
        });
    }

    void unsubscribe() {
        parts.checkOpen();
        if (subscribed) {
            parts.cluster.eventLoop().execute(() -> {
                parts.member.orElseThrow().subscribe(Set.of());
                unsubscribed = true;
            });
        } else {
            assign(PartitionSet.EMPTY);
        }
    }
}
