package io.braid.broker.group.api;

import io.braid.broker.group.GroupCoordinator;
import io.braid.broker.handler.AnsweringHandler;
import io.braid.broker.security.Authorizer;
import io.braid.broker.security.Caller;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetCommitResponseData.OffsetCommitResponsePartition;
import org.apache.kafka.common.message.OffsetCommitResponseData.OffsetCommitResponseTopic;
import org.apache.kafka.common.protocol.Errors;

/** OffsetCommit: by members, and by consumers that assign their partitions themselves. */
public final class OffsetCommitHandler implements AnsweringHandler<OffsetCommitRequestData, OffsetCommitResponseData> {
    private final GroupCoordinator groups;
    private final Authorizer authorizer;

    public OffsetCommitHandler(GroupCoordinator groups, Authorizer authorizer) {
        this.groups = groups;
        this.authorizer = authorizer;
    }

    @Override
    public CompletableFuture<OffsetCommitResponseData> answer(
            Caller caller, short version, OffsetCommitRequestData request) {
        if (!GroupAccess.allows(authorizer, caller, AclOperation.READ, request.groupId())) {
            return CompletableFuture.completedFuture(failure(version, request, Errors.GROUP_AUTHORIZATION_FAILED));
        }
        return groups.commit(
                request, GroupAccess.info(caller, version), GroupAccess.topics(authorizer, caller, AclOperation.READ));
    }

    @Override
    public OffsetCommitResponseData failure(short version, OffsetCommitRequestData request, Errors error) {
        OffsetCommitResponseData answer = new OffsetCommitResponseData();
        for (OffsetCommitRequestTopic asked : request.topics()) {
            OffsetCommitResponseTopic topic =
                    new OffsetCommitResponseTopic().setName(asked.name()).setTopicId(asked.topicId());
            asked.partitions().forEach(partition -> topic.partitions()
                    .add(new OffsetCommitResponsePartition()
                            .setPartitionIndex(partition.partitionIndex())
                            .setErrorCode(error.code())));
            answer.topics().add(topic);
        }
        return answer;
    }
}
