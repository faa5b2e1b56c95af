package io.braid.broker.group.api;

import io.braid.broker.group.GroupCoordinator;
import io.braid.broker.handler.AnsweringHandler;
import io.braid.broker.security.Authorizer;
import io.braid.broker.security.Caller;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.message.DeleteGroupsRequestData;
import org.apache.kafka.common.message.DeleteGroupsResponseData;
import org.apache.kafka.common.message.DeleteGroupsResponseData.DeletableGroupResult;
import org.apache.kafka.common.message.DeleteGroupsResponseData.DeletableGroupResultCollection;
import org.apache.kafka.common.protocol.Errors;

/** DeleteGroups: groups without members, with their offsets. */
public final class DeleteGroupsHandler implements AnsweringHandler<DeleteGroupsRequestData, DeleteGroupsResponseData> {
    private final GroupCoordinator groups;
    private final Authorizer authorizer;

    public DeleteGroupsHandler(GroupCoordinator groups, Authorizer authorizer) {
        this.groups = groups;
        this.authorizer = authorizer;
    }

    @Override
    public CompletableFuture<DeleteGroupsResponseData> answer(
            Caller caller, short version, DeleteGroupsRequestData request) {
        List<String> ids = request.groupsNames().stream().distinct().toList();
        return EachGroup.ask(
                        ids,
                        groupId -> GroupAccess.allows(authorizer, caller, AclOperation.DELETE, groupId)
                                ? groups.delete(groupId)
                                : CompletableFuture.completedFuture(failed(groupId, Errors.GROUP_AUTHORIZATION_FAILED)),
                        DeleteGroupsHandler::failed)
                .thenApply(DeleteGroupsHandler::response);
    }

    @Override
    public DeleteGroupsResponseData failure(short version, DeleteGroupsRequestData request, Errors error) {
        return response(request.groupsNames().stream()
                .distinct()
                .map(groupId -> failed(groupId, error))
                .toList());
    }

    private static DeleteGroupsResponseData response(List<DeletableGroupResult> results) {
        return new DeleteGroupsResponseData().setResults(new DeletableGroupResultCollection(results.iterator()));
    }

    private static DeletableGroupResult failed(String groupId, Errors error) {
        return new DeletableGroupResult().setGroupId(groupId).setErrorCode(error.code());
    }
}
