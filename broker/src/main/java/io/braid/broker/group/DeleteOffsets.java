package io.braid.broker.group;

import io.braid.image.TopicImage;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestPartition;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopic;
import org.apache.kafka.common.message.OffsetDeleteResponseData;
import org.apache.kafka.common.message.OffsetDeleteResponseData.OffsetDeleteResponsePartition;
import org.apache.kafka.common.message.OffsetDeleteResponseData.OffsetDeleteResponseTopic;
import org.apache.kafka.common.protocol.Errors;

/** OffsetDelete (KIP-496): removes offsets of topics that no member of the group subscribes to. */
final class DeleteOffsets extends GroupCall<OffsetDeleteRequestData, OffsetDeleteResponseData> {
    private final Predicate<String> mayRead;

    DeleteOffsets(OffsetDeleteRequestData request, Predicate<String> mayRead, Reply<OffsetDeleteResponseData> reply) {
        super(request.groupId(), request, reply);
        this.mayRead = mayRead;
    }

    @Override
    public void decide(Turn turn) {
        Optional<Group> group = turn.group(groupId());
        OffsetDeleteResponseData answer = new OffsetDeleteResponseData();
        if (group.isEmpty() && turn.state().offsets(groupId()) == null) {
            turn.answer(reply(), answer.setErrorCode(Errors.GROUP_ID_NOT_FOUND.code()));
            return;
        }
        boolean foreign = group.isPresent()
                && !group.get().isEmpty()
                && !group.get().protocolType().equals(ClassicGroup.CONSUMER);
        if (foreign) {
            turn.answer(reply(), answer.setErrorCode(Errors.NON_EMPTY_GROUP.code()));
            return;
        }
        for (OffsetDeleteRequestTopic asked : request().topics()) {
            Optional<TopicImage> topic = turn.image().topic(asked.name());
            OffsetDeleteResponseTopic result = new OffsetDeleteResponseTopic().setName(asked.name());
            for (OffsetDeleteRequestPartition partition : asked.partitions()) {
                Errors error = check(group, asked.name(), topic, partition.partitionIndex());
                if (error == Errors.NONE) {
                    remove(turn, topic.get().id(), partition.partitionIndex());
                }
                result.partitions()
                        .add(new OffsetDeleteResponsePartition()
                                .setPartitionIndex(partition.partitionIndex())
                                .setErrorCode(error.code()));
            }
            answer.topics().add(result);
        }
        turn.answer(reply(), answer);
    }

    private Errors check(Optional<Group> group, String name, Optional<TopicImage> topic, int partition) {
        if (!mayRead.test(name)) {
            return Errors.TOPIC_AUTHORIZATION_FAILED;
        }
        if (topic.isEmpty() || partition < 0 || partition >= topic.get().partitionCount()) {
            return Errors.UNKNOWN_TOPIC_OR_PARTITION;
        }
        boolean used =
                group.isPresent() && group.get().isSubscribedTo(topic.get().id(), name);
        return used ? Errors.GROUP_SUBSCRIBED_TO_TOPIC : Errors.NONE;
    }

    private void remove(Turn turn, Uuid topicId, int partition) {
        GroupOffsets offsets = turn.state().offsets(groupId());
        if (offsets != null && offsets.get(topicId, partition) != null) {
            turn.write(new OffsetRemoved(groupId(), topicId, partition));
        }
    }
}
