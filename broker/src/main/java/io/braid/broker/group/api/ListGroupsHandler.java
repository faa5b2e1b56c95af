package io.braid.broker.group.api;

import io.braid.broker.group.GroupCoordinator;
import io.braid.broker.handler.AnsweringHandler;
import io.braid.broker.security.Authorizer;
import io.braid.broker.security.Caller;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.ListGroupsResponseData;
import org.apache.kafka.common.protocol.Errors;

/** ListGroups: those that this broker coordinates; clients ask every broker. */
public final class ListGroupsHandler implements AnsweringHandler<ListGroupsRequestData, ListGroupsResponseData> {
    private final GroupCoordinator groups;
    private final Authorizer authorizer;

    public ListGroupsHandler(GroupCoordinator groups, Authorizer authorizer) {
        this.groups = groups;
        this.authorizer = authorizer;
    }

    @Override
    public CompletableFuture<ListGroupsResponseData> answer(
            Caller caller, short version, ListGroupsRequestData request) {
        boolean all = authorizer.allowsOnCluster(caller, AclOperation.DESCRIBE);
        return groups.list(request.statesFilter(), request.typesFilter())
                .thenApply(found -> new ListGroupsResponseData()
                        .setGroups(found.stream()
                                .filter(group -> all
                                        || GroupAccess.allows(
                                                authorizer, caller, AclOperation.DESCRIBE, group.groupId()))
                                .toList()));
    }

    @Override
    public ListGroupsResponseData failure(short version, ListGroupsRequestData request, Errors error) {
        return new ListGroupsResponseData().setErrorCode(error.code());
    }
}
