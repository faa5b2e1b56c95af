package io.braid.broker.group;

import io.braid.image.ClusterImage;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;

/**
 * The coordinator of the groups in one partition of {@code __consumer_offsets}: pure, single-threaded, deterministic.
 *
 * <p>{@link #apply} rebuilds it from the log, {@link #onLoaded} starts its clocks, {@link #decide} and {@link #tick} run
 * it. A decision's records are applied when it is returned; if they cannot be appended, the core is thrown away and a new
 * one loaded. Owned by the thread of the partition's shard.
 */
public final class GroupCore {
    private final GroupIds ids;
    private final GroupState state;
    private final DeadlineHeap deadlines = new DeadlineHeap();
    private final OffsetExpiry expiry;
    private long lastMs;

    public GroupCore(ConsumerProtocol consumerProtocol, GroupConfig config, GroupIds ids) {
        this.ids = ids;
        this.state = new GroupState(consumerProtocol, config);
        this.expiry = new OffsetExpiry(config);
    }

    // ---- loading

    /** Applies a record of the log. */
    public void apply(GroupRecord record) {
        state.apply(record);
    }

    /** The log is applied to its end: members have a full session from now on. */
    public void onLoaded(long nowMs) {
        lastMs = Math.max(lastMs, nowMs);
        expiry.start(lastMs);
        for (Group group : state.groups()) {
            group.onLoaded(lastMs);
            deadlines.want(group.groupId(), group.nextDeadlineMs());
        }
    }

    /** Leadership is lost, or the state is not to be trusted: answers everyone who waits. */
    public List<Answer<?>> onUnload(Errors error) {
        Turn turn = turn(ClusterImage.EMPTY, lastMs);
        List.copyOf(state.groups()).forEach(group -> group.failWaiting(turn, error));
        return turn.decision().answers();
    }

    /** The fewest records that make this state when applied in order. */
    public void snapshot(Consumer<GroupRecord> records) {
        state.snapshot(records);
    }

    // ---- running

    /** Decides a request, or the result of a computation. */
    public Decision decide(GroupRequest request, ClusterImage image, long nowMs) {
        Turn turn = turn(image, nowMs);
        request.decide(turn);
        reschedule(request.groupId());
        return turn.decision();
    }

    /** Does what is due: expired sessions, rebalances that waited long enough, offsets past their retention. */
    public Decision tick(ClusterImage image, long nowMs) {
        Turn turn = turn(image, nowMs);
        for (String groupId : deadlines.due(turn.nowMs())) {
            state.group(groupId).ifPresent(group -> group.onDeadline(turn));
            reschedule(groupId);
        }
        expiry.poll(turn);
        return turn.decision();
    }

    /** Topics were deleted: the offsets committed for them go too. */
    public Decision onTopicsDeleted(Collection<Uuid> topicIds, ClusterImage image, long nowMs) {
        Turn turn = turn(image, nowMs);
        state.offsetsByGroup().forEach((groupId, offsets) -> {
            for (Uuid topicId : topicIds) {
                offsets.partitions(topicId)
                        .forEach(partition -> turn.write(new OffsetRemoved(groupId, topicId, partition)));
            }
        });
        return turn.decision();
    }

    /** When {@link #tick} has something to do, ms since 1970; perhaps earlier than that, never later. */
    public long nextDeadlineMs() {
        return Math.min(deadlines.nextMs(), expiry.nextMs());
    }

    // ---- looking

    /** The groups that have an object; those with offsets only are in {@link #state}. */
    public Collection<Group> groups() {
        return state.groups();
    }

    GroupState state() {
        return state;
    }

    private Turn turn(ClusterImage image, long nowMs) {
        lastMs = Math.max(lastMs, nowMs);
        return new Turn(state, image, lastMs, ids);
    }

    private void reschedule(String groupId) {
        state.group(groupId).ifPresent(group -> deadlines.want(groupId, group.nextDeadlineMs()));
    }
}
