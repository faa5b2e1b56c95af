package io.braid.broker.group.api;

import io.braid.broker.group.GroupCoordinator;
import io.braid.broker.handler.AnsweringHandler;
import io.braid.broker.security.Authorizer;
import io.braid.broker.security.Caller;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.protocol.Errors;

/** Heartbeat of the classic protocol. */
public final class HeartbeatHandler implements AnsweringHandler<HeartbeatRequestData, HeartbeatResponseData> {
    private final GroupCoordinator groups;
    private final Authorizer authorizer;

    public HeartbeatHandler(GroupCoordinator groups, Authorizer authorizer) {
        this.groups = groups;
        this.authorizer = authorizer;
    }

    @Override
    public CompletableFuture<HeartbeatResponseData> answer(Caller caller, short version, HeartbeatRequestData request) {
        if (!GroupAccess.allows(authorizer, caller, AclOperation.READ, request.groupId())) {
            return CompletableFuture.completedFuture(failure(version, request, Errors.GROUP_AUTHORIZATION_FAILED));
        }
        return groups.heartbeat(request, GroupAccess.info(caller, version));
    }

    @Override
    public HeartbeatResponseData failure(short version, HeartbeatRequestData request, Errors error) {
        return new HeartbeatResponseData().setErrorCode(error.code());
    }
}
