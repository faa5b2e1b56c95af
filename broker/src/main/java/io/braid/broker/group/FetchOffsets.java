package io.braid.broker.group;

import io.braid.image.TopicImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponsePartitions;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseTopics;
import org.apache.kafka.common.protocol.Errors;

/**
 * OffsetFetch for one group: of the partitions named, or of all that have an offset. A partition without one has offset -1
 * and no error. There are no transactions, so that every offset is stable.
 */
final class FetchOffsets extends GroupCall<OffsetFetchRequestGroup, OffsetFetchResponseGroup> {
    private static final int TOPIC_IDS = 10;
    private static final CommittedOffset NONE = new CommittedOffset(-1, -1, "", -1, -1);

    private final RequestInfo from;
    private final Predicate<String> mayDescribe;

    /** @param mayDescribe whether the caller may know of the topic of that name */
    FetchOffsets(
            OffsetFetchRequestGroup request,
            RequestInfo from,
            Predicate<String> mayDescribe,
            Reply<OffsetFetchResponseGroup> reply) {
        super(request.groupId(), request, reply);
        this.from = from;
        this.mayDescribe = mayDescribe;
    }

    @Override
    public void decide(Turn turn) {
        Errors error = turn.group(groupId())
                .map(group -> group.checkFetch(request().memberId(), request().memberEpoch(), turn.nowMs()))
                .orElse(Errors.NONE);
        OffsetFetchResponseGroup answer =
                new OffsetFetchResponseGroup().setGroupId(groupId()).setErrorCode(error.code());
        if (error == Errors.NONE) {
            GroupOffsets offsets = turn.state().offsets(groupId());
            answer.setTopics(request().topics() == null ? all(turn, offsets) : asked(turn, offsets));
        }
        turn.answer(reply(), answer);
    }

    private List<OffsetFetchResponseTopics> all(Turn turn, GroupOffsets offsets) {
        List<OffsetFetchResponseTopics> topics = new ArrayList<>();
        if (offsets == null) {
            return topics;
        }
        for (Uuid id : offsets.topics()) {
            Optional<TopicImage> topic = turn.image().topic(id);
            if (topic.isPresent() && mayDescribe.test(topic.get().name())) {
                OffsetFetchResponseTopics found = new OffsetFetchResponseTopics()
                        .setName(topic.get().name())
                        .setTopicId(id);
                for (int partition : offsets.partitions(id)) {
                    found.partitions().add(row(partition, offsets.get(id, partition), Errors.NONE));
                }
                topics.add(found);
            }
        }
        return topics;
    }

    private List<OffsetFetchResponseTopics> asked(Turn turn, GroupOffsets offsets) {
        List<OffsetFetchResponseTopics> topics = new ArrayList<>();
        boolean byId = from.version() >= TOPIC_IDS;
        for (OffsetFetchRequestTopics asked : request().topics()) {
            Optional<TopicImage> topic =
                    byId ? turn.image().topic(asked.topicId()) : turn.image().topic(asked.name());
            Optional<String> name = byId ? topic.map(TopicImage::name) : Optional.of(asked.name());
            Errors error = Errors.NONE;
            if (name.isPresent() && !mayDescribe.test(name.get())) {
                error = Errors.TOPIC_AUTHORIZATION_FAILED;
            } else if (byId && topic.isEmpty()) {
                error = Errors.UNKNOWN_TOPIC_ID;
            }
            OffsetFetchResponseTopics found =
                    new OffsetFetchResponseTopics().setName(name.orElse("")).setTopicId(asked.topicId());
            for (int partition : asked.partitionIndexes()) {
                CommittedOffset offset = error != Errors.NONE || offsets == null || topic.isEmpty()
                        ? null
                        : offsets.get(topic.get().id(), partition);
                found.partitions().add(row(partition, offset, error));
            }
            topics.add(found);
        }
        return topics;
    }

    private static OffsetFetchResponsePartitions row(int partition, CommittedOffset known, Errors error) {
        CommittedOffset offset = known == null ? NONE : known;
        return new OffsetFetchResponsePartitions()
                .setPartitionIndex(partition)
                .setCommittedOffset(offset.offset())
                .setCommittedLeaderEpoch(offset.leaderEpoch())
                .setMetadata(offset.metadata())
                .setErrorCode(error.code());
    }
}
