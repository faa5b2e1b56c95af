package io.braid.broker.group.api;

import io.braid.broker.group.GroupCoordinator;
import io.braid.broker.handler.AnsweringHandler;
import io.braid.broker.security.Authorizer;
import io.braid.broker.security.Caller;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.protocol.Errors;

/** ConsumerGroupHeartbeat (KIP-848). */
public final class ConsumerGroupHeartbeatHandler
        implements AnsweringHandler<ConsumerGroupHeartbeatRequestData, ConsumerGroupHeartbeatResponseData> {
    private final GroupCoordinator groups;
    private final Authorizer authorizer;

    public ConsumerGroupHeartbeatHandler(GroupCoordinator groups, Authorizer authorizer) {
        this.groups = groups;
        this.authorizer = authorizer;
    }

    @Override
    public CompletableFuture<ConsumerGroupHeartbeatResponseData> answer(
            Caller caller, short version, ConsumerGroupHeartbeatRequestData request) {
        if (!GroupAccess.allows(authorizer, caller, AclOperation.READ, request.groupId())) {
            return CompletableFuture.completedFuture(failure(version, request, Errors.GROUP_AUTHORIZATION_FAILED));
        }
        return groups.consumerHeartbeat(request, GroupAccess.info(caller, version));
    }

    @Override
    public ConsumerGroupHeartbeatResponseData failure(
            short version, ConsumerGroupHeartbeatRequestData request, Errors error) {
        return new ConsumerGroupHeartbeatResponseData()
                .setErrorCode(error.code())
                .setErrorMessage(error.message());
    }
}
