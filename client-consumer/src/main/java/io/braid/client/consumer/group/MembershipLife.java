package io.braid.client.consumer.group;

import io.braid.client.consumer.PartitionSet;
import io.braid.client.network.Backoff;
import java.util.List;
import org.apache.kafka.common.protocol.Errors;

/**
 * What memberships of both protocols have in common: when a member comes, stays and goes. The subclass says how. Owned as {@link
 * Membership} says.
 */
abstract class MembershipLife implements Membership {
    /** Where the member is, apart from what it is giving up. */
    enum Phase {
        OUTSIDE,
        JOINING,
        MEMBER,
        /** Partitions are given up before the group is left. */
        EMPTYING,
        LEAVING,
        STALE,
        ENDED
    }

    final GroupConfig config;
    final Ownership ownership = new Ownership();
    Subscription subscription = Subscription.NONE;

    private final Backoff backoff;
    private Phase phase = Phase.OUTSIDE;
    private Phase afterLeave = Phase.OUTSIDE;
    private long aliveNs;
    private long notBeforeNs;

    MembershipLife(GroupConfig config, Backoff backoff, long nowNs) {
        this.config = config;
        this.backoff = backoff;
        this.aliveNs = nowNs;
        this.notBeforeNs = nowNs;
    }

    // ---- what the subclass does

    /** The member is to join, with nothing that it owns. */
    abstract void onJoin(long nowNs);

    /** The subscription of a member that joins or has joined changed. */
    abstract void onSubscription(long nowNs);

    /** A revocation that is not part of leaving is done. */
    abstract void onGivenUp(long nowNs);

    /** Whether the coordinator knows this member, or may soon, so that it has to be told of its leaving. */
    abstract boolean mustSayGoodbye();

    // ---- what the application wants

    @Override
    public final void subscribe(Subscription next, long nowNs) {
        if (next.equals(subscription)) {
            return;
        }
        subscription = next;
        if (next.isEmpty()) {
            if (minded()) {
                empty(Phase.OUTSIDE, nowNs);
            } else if (afterLeave == Phase.JOINING) {
                afterLeave = Phase.OUTSIDE;
            }
        } else if (phase == Phase.OUTSIDE) {
            join(nowNs);
        } else if (goes() && afterLeave == Phase.OUTSIDE) {
            afterLeave = Phase.JOINING;
        } else if (minded()) {
            onSubscription(nowNs);
        }
    }

    @Override
    public final void alive(long nowNs) {
        aliveNs = nowNs;
        if (phase == Phase.STALE) {
            join(nowNs);
        } else if (goes() && afterLeave == Phase.STALE) {
            afterLeave = Phase.JOINING;
        }
    }

    @Override
    public final void leave(long nowNs) {
        if (minded()) {
            empty(Phase.ENDED, nowNs);
        } else if (goes()) {
            afterLeave = Phase.ENDED;
        } else if (phase != Phase.ENDED) {
            end();
        }
    }

    // ---- coming and going

    final Phase phase() {
        return phase;
    }

    /** Whether it matters that the application gives signs of life: whether the member is in the group, or on its way. */
    final boolean minded() {
        return phase == Phase.JOINING || phase == Phase.MEMBER;
    }

    final boolean goes() {
        return phase == Phase.EMPTYING || phase == Phase.LEAVING;
    }

    final void join(long nowNs) {
        phase = subscription.isEmpty() ? Phase.OUTSIDE : Phase.JOINING;
        afterLeave = Phase.OUTSIDE;
        if (phase == Phase.JOINING) {
            onJoin(nowNs);
        }
    }

    final void joined() {
        phase = Phase.MEMBER;
    }

    /** The member stays, and joins once more with what it owns. */
    final void rejoin() {
        phase = Phase.JOINING;
    }

    /** Gives everything up, and then leaves. */
    private void empty(Phase then, long nowNs) {
        afterLeave = then;
        phase = Phase.EMPTYING;
        if (ownership.revoking()) {
            return; // the rest follows when that is done
        }
        if (ownership.owned().isEmpty()) {
            beginLeave(nowNs);
        } else {
            ownership.revoke(ownership.owned());
        }
    }

    private void beginLeave(long nowNs) {
        phase = Phase.LEAVING;
        boolean silently = afterLeave == Phase.ENDED
                && !config.leaveOnClose()
                && config.instanceId().isEmpty();
        if (silently || !mustSayGoodbye()) {
            onLeft(nowNs);
        }
    }

    /** The member that was to leave is out. */
    final void onLeft(long nowNs) {
        if (afterLeave == Phase.ENDED) {
            end();
        } else if (afterLeave == Phase.JOINING) {
            join(nowNs);
        } else {
            phase = afterLeave;
        }
    }

    private void end() {
        phase = Phase.ENDED;
        ownership.lose();
        ownership.add(new MemberEvent.Left());
    }

    /** The coordinator does not count on us any more, and others may have our partitions already: begins anew, or is gone. */
    final void onThrownOut(long nowNs) {
        ownership.lose();
        if (goes()) {
            phase = Phase.LEAVING;
            onLeft(nowNs);
        } else {
            join(nowNs);
        }
    }

    final void fail(Errors error, String message) {
        ownership.lose();
        phase = Phase.ENDED;
        String text = message == null || message.isEmpty() ? error.message() : message;
        ownership.add(new MemberEvent.Fail(error.exception("group " + config.groupId() + ": " + text)));
    }

    /** Leaves if the application gave no sign of life for too long; its next one brings it back. */
    final void checkAlive(long nowNs) {
        if (minded() && nowNs - staleNs() >= 0) {
            ownership.lose();
            afterLeave = Phase.STALE;
            beginLeave(nowNs);
        }
    }

    /** When the member becomes stale unless there is a sign of life. */
    final long staleNs() {
        return aliveNs + config.maxPollInterval().toNanos();
    }

    // ---- pauses

    final void pause(long nowNs) {
        notBeforeNs = nowNs + backoff.nextNs();
    }

    final void noPause(long nowNs) {
        backoff.reset();
        notBeforeNs = nowNs;
    }

    /** Nothing is sent before. */
    final long notBeforeNs() {
        return notBeforeNs;
    }

    final boolean paused(long nowNs) {
        return nowNs - notBeforeNs < 0;
    }

    // ---- revocations, and what is seen

    @Override
    public final void onRevoked(int revocation, long nowNs) {
        if (!ownership.revoked(revocation)) {
            return;
        }
        if (phase == Phase.EMPTYING) {
            empty(afterLeave, nowNs);
        } else {
            onGivenUp(nowNs);
        }
    }

    @Override
    public final List<MemberEvent> takeEvents() {
        return ownership.takeEvents();
    }

    @Override
    public final MemberState state() {
        return switch (phase) {
            case OUTSIDE -> MemberState.OUTSIDE;
            case JOINING -> ownership.revoking() ? MemberState.REVOKING : MemberState.JOINING;
            case MEMBER -> ownership.revoking() ? MemberState.REVOKING : MemberState.STABLE;
            case EMPTYING -> MemberState.REVOKING;
            case LEAVING -> MemberState.LEAVING;
            case STALE -> MemberState.STALE;
            case ENDED -> MemberState.ENDED;
        };
    }

    @Override
    public final PartitionSet owned() {
        return ownership.owned();
    }
}
