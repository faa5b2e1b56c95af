package io.braid.broker.group;

import java.util.Optional;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.protocol.Errors;

/** Heartbeat of the classic protocol: keeps the session, and tells of a rebalance. */
final class Heartbeat extends GroupCall<HeartbeatRequestData, HeartbeatResponseData> {
    private final RequestInfo from;

    Heartbeat(HeartbeatRequestData request, RequestInfo from, Reply<HeartbeatResponseData> reply) {
        super(request.groupId(), request, reply);
        this.from = from;
    }

    @Override
    public void decide(Turn turn) {
        Optional<Group> known = turn.group(groupId());
        if (known.isPresent() && known.get() instanceof ConsumerGroup other) {
            other.classicHeartbeat(turn, request(), from, reply());
            return;
        }
        Errors error = Errors.UNKNOWN_MEMBER_ID;
        if (groupId().isEmpty()) {
            error = Errors.INVALID_GROUP_ID;
        } else if (known.isPresent() && known.get() instanceof ClassicGroup group) {
            error = beat(turn, group);
        }
        turn.answer(reply(), new HeartbeatResponseData().setErrorCode(error.code()));
    }

    private Errors beat(Turn turn, ClassicGroup group) {
        Errors error = group.checkMember(request().memberId(), request().groupInstanceId());
        if (error != Errors.NONE) {
            return error;
        }
        if (request().generationId() != group.generation()) {
            return Errors.ILLEGAL_GENERATION;
        }
        group.heard(group.member(request().memberId()).orElseThrow(), turn.nowMs());
        return group.state() == ClassicState.PREPARING ? Errors.REBALANCE_IN_PROGRESS : Errors.NONE;
    }
}
