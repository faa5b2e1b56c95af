package io.braid.client.consumer.group;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopic;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.OffsetFetchResponseData;
import org.apache.kafka.common.protocol.Errors;

/**
 * OffsetCommit and OffsetFetch in all versions: topics go by id where the version has ids, else by name; several groups have
 * their place from version 8 of OffsetFetch on. One object belongs to one request and its answer.
 */
final class OffsetMessages {
    /** From here on topics go by id. */
    static final int FIRST_VERSION_WITH_IDS = 10;

    private static final int FIRST_FETCH_WITH_GROUPS = 8;
    private static final int FIRST_FETCH_WITH_STABLE = 7;
    private static final int FIRST_FETCH_WITH_MEMBERS = 9;
    private static final int NO_EPOCH = -1;

    private final String groupId;
    private final short version;
    private final Function<String, Uuid> ids;
    private final Map<Uuid, String> names = new HashMap<>();

    /** What a fetch found of one partition. */
    record Fetched(Errors error, Optional<OffsetAndMetadata> offset) {}

    /** @param ids of the topics that are asked about; used only in versions that have ids */
    OffsetMessages(String groupId, short version, Function<String, Uuid> ids) {
        this.groupId = groupId;
        this.version = version;
        this.ids = ids;
    }

    private boolean byId() {
        return version >= FIRST_VERSION_WITH_IDS;
    }

    private Uuid id(String topic) {
        Uuid id = ids.apply(topic);
        names.put(id, topic);
        return id;
    }

    private String name(String name, Uuid id) {
        return byId() ? names.getOrDefault(id, "") : name;
    }

    // ---- commit

    OffsetCommitRequestData commit(
            MemberIdentity member, Optional<String> instanceId, Map<TopicPartition, OffsetAndMetadata> offsets) {
        Map<String, OffsetCommitRequestTopic> topics = new LinkedHashMap<>();
        offsets.forEach((partition, offset) -> topics.computeIfAbsent(partition.topic(), this::commitTopic)
                .partitions()
                .add(new OffsetCommitRequestPartition()
                        .setPartitionIndex(partition.partition())
                        .setCommittedOffset(offset.offset())
                        .setCommittedLeaderEpoch(offset.leaderEpoch().orElse(NO_EPOCH))
                        .setCommittedMetadata(offset.metadata())));
        return new OffsetCommitRequestData()
                .setGroupId(groupId)
                .setMemberId(member.memberId())
                .setGenerationIdOrMemberEpoch(member.epoch())
                .setGroupInstanceId(member.epoch() < 0 ? null : instanceId.orElse(null))
                .setTopics(new ArrayList<>(topics.values()));
    }

    private OffsetCommitRequestTopic commitTopic(String topic) {
        OffsetCommitRequestTopic wire = new OffsetCommitRequestTopic();
        return byId() ? wire.setTopicId(id(topic)) : wire.setName(topic);
    }

    Map<TopicPartition, Errors> committed(OffsetCommitResponseData answer) {
        Map<TopicPartition, Errors> outcomes = new HashMap<>();
        answer.topics().forEach(topic -> {
            String name = name(topic.name(), topic.topicId());
            topic.partitions()
                    .forEach(partition -> outcomes.put(
                            new TopicPartition(name, partition.partitionIndex()),
                            Errors.forCode(partition.errorCode())));
        });
        return outcomes;
    }

    // ---- fetch

    OffsetFetchRequestData fetch(MemberIdentity member, Collection<TopicPartition> partitions) {
        Map<String, List<Integer>> byTopic = new LinkedHashMap<>();
        partitions.forEach(partition -> byTopic.computeIfAbsent(partition.topic(), t -> new ArrayList<>())
                .add(partition.partition()));
        OffsetFetchRequestData request = new OffsetFetchRequestData();
        if (version >= FIRST_FETCH_WITH_STABLE) {
            request.setRequireStable(true);
        }
        if (version < FIRST_FETCH_WITH_GROUPS) {
            List<OffsetFetchRequestTopic> topics = new ArrayList<>();
            byTopic.forEach((topic, numbers) ->
                    topics.add(new OffsetFetchRequestTopic().setName(topic).setPartitionIndexes(numbers)));
            return request.setGroupId(groupId).setTopics(topics);
        }
        List<OffsetFetchRequestTopics> topics = new ArrayList<>();
        byTopic.forEach((topic, numbers) -> {
            OffsetFetchRequestTopics wire = new OffsetFetchRequestTopics().setPartitionIndexes(numbers);
            topics.add(byId() ? wire.setTopicId(id(topic)) : wire.setName(topic));
        });
        OffsetFetchRequestGroup group =
                new OffsetFetchRequestGroup().setGroupId(groupId).setTopics(topics);
        if (version >= FIRST_FETCH_WITH_MEMBERS && member.epoch() >= 0) {
            group.setMemberId(member.memberId()).setMemberEpoch(member.epoch());
        }
        return request.setGroups(List.of(group));
    }

    /** What an answer says of the group as a whole. */
    Errors fetchError(OffsetFetchResponseData answer) {
        if (version < FIRST_FETCH_WITH_GROUPS) {
            return Errors.forCode(answer.errorCode());
        }
        return answer.groups().isEmpty()
                ? Errors.UNKNOWN_SERVER_ERROR
                : Errors.forCode(answer.groups().get(0).errorCode());
    }

    Map<TopicPartition, Fetched> fetched(OffsetFetchResponseData answer) {
        Map<TopicPartition, Fetched> found = new HashMap<>();
        if (version < FIRST_FETCH_WITH_GROUPS) {
            answer.topics().forEach(topic -> topic.partitions()
                    .forEach(p -> found.put(
                            new TopicPartition(topic.name(), p.partitionIndex()),
                            fetched(p.errorCode(), p.committedOffset(), p.committedLeaderEpoch(), p.metadata()))));
            return found;
        }
        answer.groups().get(0).topics().forEach(topic -> {
            String name = name(topic.name(), topic.topicId());
            topic.partitions()
                    .forEach(p -> found.put(
                            new TopicPartition(name, p.partitionIndex()),
                            fetched(p.errorCode(), p.committedOffset(), p.committedLeaderEpoch(), p.metadata())));
        });
        return found;
    }

    private static Fetched fetched(short errorCode, long offset, int leaderEpoch, String metadata) {
        if (offset < 0) {
            return new Fetched(Errors.forCode(errorCode), Optional.empty());
        }
        Optional<Integer> epoch = leaderEpoch < 0 ? Optional.empty() : Optional.of(leaderEpoch);
        return new Fetched(
                Errors.forCode(errorCode),
                Optional.of(new OffsetAndMetadata(offset, epoch, metadata == null ? "" : metadata)));
    }
}
