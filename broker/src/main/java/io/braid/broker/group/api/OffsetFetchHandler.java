package io.braid.broker.group.api;

import io.braid.broker.group.GroupCoordinator;
import io.braid.broker.group.RequestInfo;
import io.braid.broker.handler.AnsweringHandler;
import io.braid.broker.security.Authorizer;
import io.braid.broker.security.Caller;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopic;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.OffsetFetchResponseData;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponsePartition;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseTopic;
import org.apache.kafka.common.protocol.Errors;

/**
 * OffsetFetch, of one group or of several (KIP-709). Version 1 has no place for an error of the group and says it for each
 * partition.
 */
public final class OffsetFetchHandler implements AnsweringHandler<OffsetFetchRequestData, OffsetFetchResponseData> {
    private static final int BATCHED = 8;
    private static final int GROUP_ERROR = 2;

    private final GroupCoordinator groups;
    private final Authorizer authorizer;

    public OffsetFetchHandler(GroupCoordinator groups, Authorizer authorizer) {
        this.groups = groups;
        this.authorizer = authorizer;
    }

    @Override
    public CompletableFuture<OffsetFetchResponseData> answer(
            Caller caller, short version, OffsetFetchRequestData request) {
        RequestInfo from = GroupAccess.info(caller, version);
        Predicate<String> topics = GroupAccess.topics(authorizer, caller, AclOperation.DESCRIBE);
        return EachGroup.ask(
                        asked(version, request),
                        group -> GroupAccess.allows(authorizer, caller, AclOperation.DESCRIBE, group.groupId())
                                ? groups.fetch(group, from, topics)
                                : CompletableFuture.completedFuture(failed(group, Errors.GROUP_AUTHORIZATION_FAILED)),
                        OffsetFetchHandler::failed)
                .thenApply(answers -> response(version, request, answers));
    }

    @Override
    public OffsetFetchResponseData failure(short version, OffsetFetchRequestData request, Errors error) {
        return response(
                version,
                request,
                asked(version, request).stream()
                        .map(group -> failed(group, error))
                        .toList());
    }

    private static List<OffsetFetchRequestGroup> asked(short version, OffsetFetchRequestData request) {
        if (version >= BATCHED) {
            return request.groups();
        }
        OffsetFetchRequestGroup only =
                new OffsetFetchRequestGroup().setGroupId(request.groupId()).setTopics(null);
        if (request.topics() != null) {
            List<OffsetFetchRequestTopics> topics = new ArrayList<>();
            for (OffsetFetchRequestTopic topic : request.topics()) {
                topics.add(new OffsetFetchRequestTopics()
                        .setName(topic.name())
                        .setPartitionIndexes(topic.partitionIndexes()));
            }
            only.setTopics(topics);
        }
        return List.of(only);
    }

    private static OffsetFetchResponseGroup failed(OffsetFetchRequestGroup group, Errors error) {
        return new OffsetFetchResponseGroup().setGroupId(group.groupId()).setErrorCode(error.code());
    }

    private static OffsetFetchResponseData response(
            short version, OffsetFetchRequestData request, List<OffsetFetchResponseGroup> answers) {
        if (version >= BATCHED) {
            return new OffsetFetchResponseData().setGroups(answers);
        }
        OffsetFetchResponseGroup only = answers.get(0);
        OffsetFetchResponseData response = new OffsetFetchResponseData();
        if (version >= GROUP_ERROR) {
            response.setErrorCode(only.errorCode());
        } else if (only.errorCode() != Errors.NONE.code()) {
            return response.setTopics(allFailed(request, only.errorCode()));
        }
        only.topics().forEach(topic -> {
            OffsetFetchResponseTopic row = new OffsetFetchResponseTopic().setName(topic.name());
            topic.partitions().forEach(p -> row.partitions()
                    .add(new OffsetFetchResponsePartition()
                            .setPartitionIndex(p.partitionIndex())
                            .setCommittedOffset(p.committedOffset())
                            .setCommittedLeaderEpoch(p.committedLeaderEpoch())
                            .setMetadata(p.metadata())
                            .setErrorCode(p.errorCode())));
            response.topics().add(row);
        });
        return response;
    }

    private static List<OffsetFetchResponseTopic> allFailed(OffsetFetchRequestData request, short error) {
        List<OffsetFetchResponseTopic> topics = new ArrayList<>();
        for (OffsetFetchRequestTopic asked : request.topics()) {
            OffsetFetchResponseTopic row = new OffsetFetchResponseTopic().setName(asked.name());
            for (int partition : asked.partitionIndexes()) {
                row.partitions()
                        .add(new OffsetFetchResponsePartition()
                                .setPartitionIndex(partition)
                                .setCommittedOffset(-1)
                                .setMetadata("")
                                .setErrorCode(error));
            }
            topics.add(row);
        }
        return topics;
    }
}
