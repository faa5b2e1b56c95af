package io.braid.broker.group;

import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.Errors;

/**
 * A group of the protocol of KIP-848, implemented in {@code group.consumer}. Members of the classic protocol may be in it
 * (online upgrade); their requests come in by the methods whose names begin with {@code classic}.
 */
public non-sealed interface ConsumerGroup extends Group {
    /** Applies one of the group's records; the only change of what outlives a restart. */
    void apply(ConsumerGroupRecord record);

    /** Whether the last applied record left nothing of the group, so that the state forgets it. */
    boolean isGone();

    void classicJoin(Turn turn, JoinGroupRequestData request, RequestInfo from, Reply<JoinGroupResponseData> reply);

    void classicSync(Turn turn, SyncGroupRequestData request, RequestInfo from, Reply<SyncGroupResponseData> reply);

    void classicHeartbeat(
            Turn turn, HeartbeatRequestData request, RequestInfo from, Reply<HeartbeatResponseData> reply);

    /** A member leaves, of either protocol (LeaveGroup, also by an administrator); NONE or why not. */
    Errors classicLeave(Turn turn, MemberIdentity member, RequestInfo from);
}
