package io.braid.broker.group.api;

import io.braid.broker.group.GroupCoordinator;
import io.braid.broker.handler.AnsweringHandler;
import io.braid.broker.security.Authorizer;
import io.braid.broker.security.Caller;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupResponseData;
import org.apache.kafka.common.protocol.Errors;

/** LeaveGroup: members go, or are removed by an administrator. */
public final class LeaveGroupHandler implements AnsweringHandler<LeaveGroupRequestData, LeaveGroupResponseData> {
    private final GroupCoordinator groups;
    private final Authorizer authorizer;

    public LeaveGroupHandler(GroupCoordinator groups, Authorizer authorizer) {
        this.groups = groups;
        this.authorizer = authorizer;
    }

    @Override
    public CompletableFuture<LeaveGroupResponseData> answer(
            Caller caller, short version, LeaveGroupRequestData request) {
        if (!GroupAccess.allows(authorizer, caller, AclOperation.READ, request.groupId())) {
            return CompletableFuture.completedFuture(failure(version, request, Errors.GROUP_AUTHORIZATION_FAILED));
        }
        return groups.leave(request, GroupAccess.info(caller, version));
    }

    @Override
    public LeaveGroupResponseData failure(short version, LeaveGroupRequestData request, Errors error) {
        return new LeaveGroupResponseData().setErrorCode(error.code());
    }
}
