package io.braid.client.producer;

import io.braid.client.routing.BrokerNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.agrona.collections.Long2ObjectHashMap;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;
import org.apache.kafka.common.message.ProduceResponseData.TopicProduceResponse;

/** One Produce request: its batches, and which answer belongs to which. Owned by the event loop. */
final class ProduceCall {
    /** Topics are named by id from here on. */
    static final short FIRST_VERSION_WITH_IDS = 13;

    private static final short ALL = -1;

    private final List<Batch> batches;

    ProduceCall(List<Batch> batches) {
        this.batches = batches;
    }

    List<Batch> batches() {
        return batches;
    }

    /** Whether all topics have ids. */
    boolean hasIds() {
        return batches.stream().noneMatch(batch -> id(batch.partition.topic).equals(Uuid.ZERO_UUID));
    }

    private static Uuid id(TopicState topic) {
        return topic.route().id();
    }

    /** The request; it holds references to the batches' memory, which sending or discarding it gives back. */
    ProduceRequestData request(short version, int timeoutMs) {
        ProduceRequestData request = new ProduceRequestData().setAcks(ALL).setTimeoutMs(timeoutMs);
        IdentityHashMap<TopicState, TopicProduceData> topics = new IdentityHashMap<>();
        for (Batch batch : batches) {
            TopicState topic = batch.partition.topic;
            TopicProduceData data = topics.get(topic);
            if (data == null) {
                data = new TopicProduceData();
                if (version >= FIRST_VERSION_WITH_IDS) {
                    data.setTopicId(id(topic));
                } else {
                    data.setName(topic.name);
                }
                topics.put(topic, data);
                request.topicData().add(data);
            }
            data.partitionData()
                    .add(new PartitionProduceData()
                            .setIndex(batch.partition.partition)
                            .setRecords(BatchWriter.records(batch)));
        }
        return request;
    }

    /** What a broker answered for one batch. */
    record Answer(Batch batch, PartitionProduceResponse response) {}

    /** The answers, for as many of the batches as there are any. */
    List<Answer> answers(ProduceResponseData response) {
        Map<String, TopicState> byName = new HashMap<>();
        Map<Uuid, TopicState> byId = new HashMap<>();
        Long2ObjectHashMap<Batch> byPartition = new Long2ObjectHashMap<>();
        for (Batch batch : batches) {
            TopicState topic = batch.partition.topic;
            if (byName.put(topic.name, topic) == null) {
                byId.put(id(topic), topic);
            }
            byPartition.put(batch.partition.key(), batch);
        }
        List<Answer> answers = new ArrayList<>(batches.size());
        for (TopicProduceResponse answered : response.responses()) {
            TopicState topic = answered.name().isEmpty() ? byId.get(answered.topicId()) : byName.get(answered.name());
            if (topic == null) {
                continue;
            }
            for (PartitionProduceResponse partition : answered.partitionResponses()) {
                Batch batch = byPartition.remove(PartitionState.key(topic.index, partition.index()));
                if (batch != null) {
                    answers.add(new Answer(batch, partition));
                }
            }
        }
        return answers;
    }

    /** Brokers that the answer names beside leaders. */
    static List<BrokerNode> nodes(ProduceResponseData response) {
        return response.nodeEndpoints().stream()
                .map(n -> new BrokerNode(n.nodeId(), n.host(), n.port(), n.rack() == null ? "" : n.rack()))
                .toList();
    }
}
