package io.braid.broker.group.api;

import io.braid.broker.group.GroupCoordinator;
import io.braid.broker.handler.AnsweringHandler;
import io.braid.broker.security.Authorizer;
import io.braid.broker.security.Caller;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.DescribeGroupsResponseData;
import org.apache.kafka.common.message.DescribeGroupsResponseData.DescribedGroup;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.resource.ResourceType;

/** DescribeGroups: groups of the classic protocol, and such as have committed offsets only. */
public final class DescribeGroupsHandler
        implements AnsweringHandler<DescribeGroupsRequestData, DescribeGroupsResponseData> {
    private static final int ERROR_MESSAGE = 6;

    private final GroupCoordinator groups;
    private final Authorizer authorizer;

    public DescribeGroupsHandler(GroupCoordinator groups, Authorizer authorizer) {
        this.groups = groups;
        this.authorizer = authorizer;
    }

    @Override
    public CompletableFuture<DescribeGroupsResponseData> answer(
            Caller caller, short version, DescribeGroupsRequestData request) {
        return EachGroup.ask(
                        request.groups(),
                        groupId -> GroupAccess.allows(authorizer, caller, AclOperation.DESCRIBE, groupId)
                                ? groups.describe(groupId, version)
                                : CompletableFuture.completedFuture(
                                        failed(version, groupId, Errors.GROUP_AUTHORIZATION_FAILED)),
                        (groupId, error) -> failed(version, groupId, error))
                .thenApply(answers -> {
                    if (request.includeAuthorizedOperations()) {
                        answers.forEach(group -> addOperations(caller, group));
                    }
                    return new DescribeGroupsResponseData().setGroups(answers);
                });
    }

    @Override
    public DescribeGroupsResponseData failure(short version, DescribeGroupsRequestData request, Errors error) {
        List<DescribedGroup> rows = request.groups().stream()
                .map(groupId -> failed(version, groupId, error))
                .toList();
        return new DescribeGroupsResponseData().setGroups(rows);
    }

    private void addOperations(Caller caller, DescribedGroup group) {
        if (group.errorCode() == Errors.NONE.code()) {
            group.setAuthorizedOperations(authorizer.allowedOperations(caller, ResourceType.GROUP, group.groupId()));
        }
    }

    private static DescribedGroup failed(short version, String groupId, Errors error) {
        DescribedGroup row = new DescribedGroup().setGroupId(groupId).setErrorCode(error.code());
        return version >= ERROR_MESSAGE ? row.setErrorMessage(error.message()) : row;
    }
}
