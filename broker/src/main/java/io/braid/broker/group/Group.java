package io.braid.broker.group;

import java.util.function.Consumer;
import org.apache.kafka.common.GroupType;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;

/**
 * A group with members, or that had some. Committed offsets are not in here ({@link GroupOffsets}): a group that has only
 * those has no object of this type.
 *
 * <p>Owned by the thread of its core.
 */
public sealed interface Group permits ClassicGroup, ConsumerGroup {
    /** {@link #nextDeadlineMs} of a group that waits for nothing. */
    long NEVER = Long.MAX_VALUE;

    String groupId();

    GroupType type();

    /** As ListGroups and DescribeGroups name it, such as "Stable". */
    String stateName();

    /** "consumer" for groups of consumers, whatever else for others, "" when unknown. */
    String protocolType();

    /** Whether it has no members, so that it may be deleted and offsets may be committed by anyone. */
    boolean isEmpty();

    /** Whether somebody is about to come in, so that the group must not be forgotten although it is empty. */
    boolean isWaiting();

    /** Since when it has been empty, in ms since 1970; offsets expire no earlier than their retention after it. */
    long emptySinceMs();

    /** Whether members consume the topic, so that its offsets neither expire nor may be deleted. */
    boolean isSubscribedTo(Uuid topicId, String topicName);

    /**
     * Whether the offsets may be committed, by the rules of the protocol; a commit of a member counts as its heartbeat.
     *
     * @param generationOrEpoch generation of the classic protocol, member epoch of KIP-848; negative for none
     * @return NONE, or why not
     */
    Errors checkCommit(String memberId, String instanceId, int generationOrEpoch, short version, long nowMs);

    /** Whether the member may see committed offsets (KIP-848); a null member id means that no member asks. */
    Errors checkFetch(String memberId, int memberEpoch, long nowMs);

    /** When it has to be woken, ms since 1970: no later than anything is due, perhaps earlier; {@link #NEVER} for never. */
    long nextDeadlineMs();

    /** Does what is due at the turn's time, which may be nothing. */
    void onDeadline(Turn turn);

    /** The state was loaded: clients get their full session from here on. */
    void onLoaded(long nowMs);

    /** Answers every client that waits with {@code error}: the group goes elsewhere, or away. */
    void failWaiting(Turn turn, Errors error);

    /** Writes the records that remove the group from the log; its offsets stay. Only while {@link #isEmpty}. */
    void remove(Turn turn);

    /** The fewest records that make the group as it is when applied in order. */
    void snapshot(Consumer<GroupRecord> records);
}
