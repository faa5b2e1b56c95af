package io.braid.broker.group.api;

import io.braid.broker.group.GroupCoordinator;
import io.braid.broker.handler.AnsweringHandler;
import io.braid.broker.security.Authorizer;
import io.braid.broker.security.Caller;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetDeleteResponseData;
import org.apache.kafka.common.protocol.Errors;

/** OffsetDelete (KIP-496). */
public final class OffsetDeleteHandler implements AnsweringHandler<OffsetDeleteRequestData, OffsetDeleteResponseData> {
    private final GroupCoordinator groups;
    private final Authorizer authorizer;

    public OffsetDeleteHandler(GroupCoordinator groups, Authorizer authorizer) {
        this.groups = groups;
        this.authorizer = authorizer;
    }

    @Override
    public CompletableFuture<OffsetDeleteResponseData> answer(
            Caller caller, short version, OffsetDeleteRequestData request) {
        if (!GroupAccess.allows(authorizer, caller, AclOperation.DELETE, request.groupId())) {
            return CompletableFuture.completedFuture(failure(version, request, Errors.GROUP_AUTHORIZATION_FAILED));
        }
        return groups.deleteOffsets(request, GroupAccess.topics(authorizer, caller, AclOperation.READ));
    }

    @Override
    public OffsetDeleteResponseData failure(short version, OffsetDeleteRequestData request, Errors error) {
        return new OffsetDeleteResponseData().setErrorCode(error.code());
    }
}
