package io.braid.broker.group.api;

import io.braid.broker.group.GroupCoordinator;
import io.braid.broker.handler.AnsweringHandler;
import io.braid.broker.security.Authorizer;
import io.braid.broker.security.Caller;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.message.ConsumerGroupDescribeRequestData;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData.DescribedGroup;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.resource.ResourceType;

/** ConsumerGroupDescribe: groups of the consumer protocol (KIP-848). */
public final class ConsumerGroupDescribeHandler
        implements AnsweringHandler<ConsumerGroupDescribeRequestData, ConsumerGroupDescribeResponseData> {
    private final GroupCoordinator groups;
    private final Authorizer authorizer;

    public ConsumerGroupDescribeHandler(GroupCoordinator groups, Authorizer authorizer) {
        this.groups = groups;
        this.authorizer = authorizer;
    }

    @Override
    public CompletableFuture<ConsumerGroupDescribeResponseData> answer(
            Caller caller, short version, ConsumerGroupDescribeRequestData request) {
        return EachGroup.ask(
                        request.groupIds(),
                        groupId -> GroupAccess.allows(authorizer, caller, AclOperation.DESCRIBE, groupId)
                                ? groups.describeConsumerGroup(groupId)
                                : CompletableFuture.completedFuture(failed(groupId, Errors.GROUP_AUTHORIZATION_FAILED)),
                        ConsumerGroupDescribeHandler::failed)
                .thenApply(answers -> {
                    if (request.includeAuthorizedOperations()) {
                        answers.forEach(group -> addOperations(caller, group));
                    }
                    return new ConsumerGroupDescribeResponseData().setGroups(answers);
                });
    }

    @Override
    public ConsumerGroupDescribeResponseData failure(
            short version, ConsumerGroupDescribeRequestData request, Errors error) {
        List<DescribedGroup> rows = request.groupIds().stream()
                .map(groupId -> failed(groupId, error))
                .toList();
        return new ConsumerGroupDescribeResponseData().setGroups(rows);
    }

    private void addOperations(Caller caller, DescribedGroup group) {
        if (group.errorCode() == Errors.NONE.code()) {
            group.setAuthorizedOperations(authorizer.allowedOperations(caller, ResourceType.GROUP, group.groupId()));
        }
    }

    private static DescribedGroup failed(String groupId, Errors error) {
        return new DescribedGroup()
                .setGroupId(groupId)
                .setErrorCode(error.code())
                .setErrorMessage(error.message());
    }
}
