package io.braid.broker.group.api;

import io.braid.broker.group.GroupCoordinator;
import io.braid.broker.handler.AnsweringHandler;
import io.braid.broker.security.Authorizer;
import io.braid.broker.security.Caller;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.Errors;

/** SyncGroup of the classic protocol. */
public final class SyncGroupHandler implements AnsweringHandler<SyncGroupRequestData, SyncGroupResponseData> {
    private final GroupCoordinator groups;
    private final Authorizer authorizer;

    public SyncGroupHandler(GroupCoordinator groups, Authorizer authorizer) {
        this.groups = groups;
        this.authorizer = authorizer;
    }

    @Override
    public CompletableFuture<SyncGroupResponseData> answer(Caller caller, short version, SyncGroupRequestData request) {
        if (!GroupAccess.allows(authorizer, caller, AclOperation.READ, request.groupId())) {
            return CompletableFuture.completedFuture(failure(version, request, Errors.GROUP_AUTHORIZATION_FAILED));
        }
        return groups.sync(request, GroupAccess.info(caller, version));
    }

    @Override
    public SyncGroupResponseData failure(short version, SyncGroupRequestData request, Errors error) {
        return new SyncGroupResponseData().setErrorCode(error.code());
    }
}
