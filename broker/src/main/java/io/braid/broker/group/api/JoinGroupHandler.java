package io.braid.broker.group.api;

import io.braid.broker.group.GroupCoordinator;
import io.braid.broker.handler.AnsweringHandler;
import io.braid.broker.security.Authorizer;
import io.braid.broker.security.Caller;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.protocol.Errors;

/** JoinGroup of the classic protocol. */
public final class JoinGroupHandler implements AnsweringHandler<JoinGroupRequestData, JoinGroupResponseData> {
    private static final int NULLABLE_PROTOCOL = 7;

    private final GroupCoordinator groups;
    private final Authorizer authorizer;

    public JoinGroupHandler(GroupCoordinator groups, Authorizer authorizer) {
        this.groups = groups;
        this.authorizer = authorizer;
    }

    @Override
    public CompletableFuture<JoinGroupResponseData> answer(Caller caller, short version, JoinGroupRequestData request) {
        if (!GroupAccess.allows(authorizer, caller, AclOperation.READ, request.groupId())) {
            return CompletableFuture.completedFuture(failure(version, request, Errors.GROUP_AUTHORIZATION_FAILED));
        }
        return groups.join(request, GroupAccess.info(caller, version)).thenApply(answer -> inVersion(version, answer));
    }

    @Override
    public JoinGroupResponseData failure(short version, JoinGroupRequestData request, Errors error) {
        return inVersion(
                version,
                new JoinGroupResponseData()
                        .setErrorCode(error.code())
                        .setProtocolName(null)
                        .setLeader("")
                        .setMemberId(request.memberId()));
    }

    /** Before version 7 there is always a protocol name. */
    private static JoinGroupResponseData inVersion(short version, JoinGroupResponseData answer) {
        return version < NULLABLE_PROTOCOL && answer.protocolName() == null ? answer.setProtocolName("") : answer;
    }
}
