package io.braid.client.routing;

import io.braid.protocol.watch.MetadataWatchResponse;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponsePartition;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseTopic;
import org.apache.kafka.common.protocol.Errors;

/** Turns answers of brokers into changes of a {@link RoutingTable}. Stateless. */
public final class RoutingNews {
    private RoutingNews() {}

    /** What a watch answered without an error. */
    public static RoutingTable apply(RoutingTable table, MetadataWatchResponse response) {
        List<PlacedTopic> topics = new ArrayList<>();
        List<String> gone = new ArrayList<>();
        for (MetadataWatchResponse.Topic topic : response.topics()) {
            if (topic.error() == Errors.NONE) {
                topics.add(new PlacedTopic(
                        topic.name(),
                        topic.id(),
                        topic.partitionCount(),
                        topic.rules().stream()
                                .map(r -> new PlacedTopic.Rule(r.from(), r.pool(), r.first(), r.stride(), r.modulus()))
                                .toList()));
            } else {
                gone.add(topic.name());
            }
        }
        return table.with(new RoutingTable.Delta(
                response.version(),
                response.full(),
                response.clusterId(),
                response.brokers().stream()
                        .map(b -> new BrokerNode(b.id(), b.host(), b.port(), b.rack()))
                        .toList(),
                response.brokersGone(),
                response.shards().stream()
                        .map(s -> new ShardTable.Entry(s.id(), s.leader(), s.leaderEpoch()))
                        .toList(),
                topics,
                gone));
    }

    /** What a Metadata request answered. Topics with passing errors stay as they were. */
    public static RoutingTable apply(RoutingTable table, MetadataResponseData response) {
        List<BrokerNode> brokers = response.brokers().stream()
                .map(b -> new BrokerNode(b.nodeId(), b.host(), b.port(), b.rack() == null ? "" : b.rack()))
                .toList();
        List<ListedTopic> topics = new ArrayList<>();
        List<String> gone = new ArrayList<>();
        for (MetadataResponseTopic topic : response.topics()) {
            Errors error = Errors.forCode(topic.errorCode());
            if (error == Errors.NONE && !topic.partitions().isEmpty()) {
                topics.add(listed(topic));
            } else if (error == Errors.UNKNOWN_TOPIC_OR_PARTITION || error == Errors.TOPIC_AUTHORIZATION_FAILED) {
                gone.add(topic.name());
            }
        }
        String clusterId = response.clusterId() == null ? "" : response.clusterId();
        return table.with(clusterId, brokers, topics, gone);
    }

    private static ListedTopic listed(MetadataResponseTopic topic) {
        int count = topic.partitions().stream()
                        .mapToInt(MetadataResponsePartition::partitionIndex)
                        .max()
                        .orElse(-1)
                + 1;
        int[] leaders = new int[count];
        int[] epochs = new int[count];
        Arrays.fill(leaders, ShardTable.NONE);
        Arrays.fill(epochs, -1);
        for (MetadataResponsePartition partition : topic.partitions()) {
            // With an error beside it, a leader that is named cannot be reached.
            leaders[partition.partitionIndex()] =
                    partition.errorCode() == Errors.NONE.code() ? partition.leaderId() : ShardTable.NONE;
            epochs[partition.partitionIndex()] = partition.leaderEpoch();
        }
        return new ListedTopic(topic.name(), topic.topicId(), leaders, epochs);
    }
}
