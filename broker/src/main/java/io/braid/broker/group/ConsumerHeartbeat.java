package io.braid.broker.group;

import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;

/** ConsumerGroupHeartbeat, which is all that a member of the consumer protocol ever says (KIP-848). */
final class ConsumerHeartbeat extends GroupCall<ConsumerGroupHeartbeatRequestData, ConsumerGroupHeartbeatResponseData> {
    private final RequestInfo from;
    private final ConsumerProtocol protocol;

    ConsumerHeartbeat(
            ConsumerGroupHeartbeatRequestData request,
            RequestInfo from,
            ConsumerProtocol protocol,
            Reply<ConsumerGroupHeartbeatResponseData> reply) {
        super(request.groupId(), request, reply);
        this.from = from;
        this.protocol = protocol;
    }

    @Override
    public void decide(Turn turn) {
        protocol.heartbeat(turn, request(), from, reply());
    }
}
