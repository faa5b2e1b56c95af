package io.braid.broker.group;

import io.braid.image.ClusterImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.protocol.Errors;

/**
 * One decision of a core in the making: what is known, and what comes of it.
 *
 * <p>A record that is {@link #write written} is applied at once, so that later steps of the same turn see its effect. Owned
 * by the core's thread and used once; hand it down, never keep it.
 */
public final class Turn {
    private final GroupState state;
    private final ClusterImage image;
    private final long nowMs;
    private final GroupIds ids;
    private final List<GroupRecord> records = new ArrayList<>();
    private final List<Answer<?>> answers = new ArrayList<>();
    private final List<Computation> computations = new ArrayList<>();
    private int rebalances;

    Turn(GroupState state, ClusterImage image, long nowMs, GroupIds ids) {
        this.state = state;
        this.image = image;
        this.nowMs = nowMs;
        this.ids = ids;
    }

    // ---- what is known

    /** Milliseconds since 1970; never goes back from one turn of a core to the next. */
    public long nowMs() {
        return nowMs;
    }

    /** The cluster's metadata: topics, their partitions and racks, settings of groups. */
    public ClusterImage image() {
        return image;
    }

    public Optional<Group> group(String groupId) {
        return state.group(groupId);
    }

    GroupState state() {
        return state;
    }

    /** A member id as Kafka makes them, {@code prefix-uuid}; the prefix is the client id or the instance id. */
    public String newMemberId(String prefix) {
        return prefix + "-" + newUuid();
    }

    /** A new random id in the form of a Java UUID. */
    public java.util.UUID newUuid() {
        var id = ids.next();
        return new java.util.UUID(id.getMostSignificantBits(), id.getLeastSignificantBits());
    }

    // ---- what comes of it

    /** Applies the record and has it appended. */
    public void write(GroupRecord record) {
        records.add(record);
        state.apply(record);
    }

    /** Has the answer sent when all that was written so far is committed. */
    public <R> void answer(Reply<R> to, R answer) {
        answers.add(Answer.of(to, answer));
    }

    /** Has the whole request answered with an error, as {@link #answer}. */
    public <R> void fail(Reply<R> to, Errors error) {
        answers.add(Answer.failure(to, error));
    }

    /** Has work done on another thread; its result comes back as a request of its own. */
    public void compute(Computation computation) {
        computations.add(computation);
    }

    /** Counts a rebalance: a group has a new generation, or a new target assignment. */
    public void rebalanced() {
        rebalances++;
    }

    Decision decision() {
        return new Decision(records, answers, computations, rebalances);
    }
}
