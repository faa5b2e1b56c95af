package io.braid.broker.handler;

import io.braid.broker.security.Authorizer;
import io.braid.broker.security.Caller;
import io.braid.quorum.QuorumInfo;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.DescribeQuorumRequestData;
import org.apache.kafka.common.message.DescribeQuorumResponseData;
import org.apache.kafka.common.message.DescribeQuorumResponseData.Listener;
import org.apache.kafka.common.message.DescribeQuorumResponseData.ListenerCollection;
import org.apache.kafka.common.message.DescribeQuorumResponseData.Node;
import org.apache.kafka.common.message.DescribeQuorumResponseData.PartitionData;
import org.apache.kafka.common.message.DescribeQuorumResponseData.ReplicaState;
import org.apache.kafka.common.message.DescribeQuorumResponseData.TopicData;
import org.apache.kafka.common.protocol.Errors;

/**
 * DescribeQuorum (KIP-595): the metadata quorum, shown as Kafka shows its own, as partition 0 of topic {@code
 * __cluster_metadata}. The high watermark is the commit index of the Raft log, the leader epoch its term. Brokers are
 * the observers: they follow the metadata and do not vote. The leading controller is asked, since only it knows how far the
 * others are.
 */
public final class DescribeQuorumHandler
        implements AnsweringHandler<DescribeQuorumRequestData, DescribeQuorumResponseData> {

    private static final String RAFT_LISTENER = "RAFT";
    private static final short FIRST_VERSION_WITH_NODES = 2;

    private final Authorizer authorizer;
    private final Supplier<CompletableFuture<QuorumInfo>> quorum;
    private final LongSupplier nowMs;

    /**
     * @param quorum asks the leading controller for what it knows of the quorum
     * @param nowMs wall-clock time in milliseconds
     */
    public DescribeQuorumHandler(
            Authorizer authorizer, Supplier<CompletableFuture<QuorumInfo>> quorum, LongSupplier nowMs) {
        this.nowMs = nowMs;
        this.authorizer = authorizer;
        this.quorum = quorum;
    }

    @Override
    public CompletableFuture<DescribeQuorumResponseData> answer(
            Caller caller, short version, DescribeQuorumRequestData request) {
        if (!authorizer.allowsOnCluster(caller, AclOperation.DESCRIBE)) {
            return CompletableFuture.completedFuture(failure(version, request, Errors.CLUSTER_AUTHORIZATION_FAILED));
        }
        if (!asksForMetadata(request)) {
            return CompletableFuture.completedFuture(unknownPartitions(request));
        }
        return quorum.get().thenApply(info -> describe(version, info));
    }

    @Override
    public DescribeQuorumResponseData failure(short version, DescribeQuorumRequestData request, Errors error) {
        return new DescribeQuorumResponseData().setErrorCode(error.code()).setErrorMessage(error.message());
    }

    private static boolean asksForMetadata(DescribeQuorumRequestData request) {
        return request.topics().size() == 1
                && request.topics().get(0).topicName().equals(Topic.CLUSTER_METADATA_TOPIC_NAME)
                && request.topics().get(0).partitions().size() == 1
                && request.topics().get(0).partitions().get(0).partitionIndex() == 0;
    }

    private static DescribeQuorumResponseData unknownPartitions(DescribeQuorumRequestData request) {
        DescribeQuorumResponseData response = new DescribeQuorumResponseData();
        request.topics().forEach(topic -> {
            List<PartitionData> partitions = topic.partitions().stream()
                    .map(partition -> new PartitionData()
                            .setPartitionIndex(partition.partitionIndex())
                            .setErrorCode(Errors.UNKNOWN_TOPIC_OR_PARTITION.code())
                            .setErrorMessage(Errors.UNKNOWN_TOPIC_OR_PARTITION.message()))
                    .toList();
            response.topics()
                    .add(new TopicData().setTopicName(topic.topicName()).setPartitions(partitions));
        });
        return response;
    }

    private DescribeQuorumResponseData describe(short version, QuorumInfo quorum) {
        PartitionData partition = new PartitionData()
                .setPartitionIndex(0)
                .setErrorMessage(null)
                .setLeaderId(quorum.leaderId())
                .setLeaderEpoch(quorum.leaderEpoch())
                .setHighWatermark(quorum.commitIndex());
        DescribeQuorumResponseData response = new DescribeQuorumResponseData()
                .setErrorMessage(null)
                .setTopics(List.of(new TopicData()
                        .setTopicName(Topic.CLUSTER_METADATA_TOPIC_NAME)
                        .setPartitions(List.of(partition))));
        for (QuorumInfo.ObserverInfo broker : quorum.observers()) {
            partition.observers().add(replica(broker.nodeId(), broker.logEndIndex(), broker.silentMs()));
        }
        for (QuorumInfo.VoterInfo voter : quorum.voters()) {
            partition.currentVoters().add(replica(voter.nodeId(), voter.logEndIndex(), voter.silentMs()));
            if (version >= FIRST_VERSION_WITH_NODES) {
                response.nodes().add(node(voter));
            }
        }
        return response;
    }

    /** The times say when the leader heard of a replica last; how far behind it was is not written down. */
    private ReplicaState replica(int nodeId, long logEndIndex, long silentMs) {
        long heardMs = silentMs < 0 ? -1 : nowMs.getAsLong() - silentMs;
        return new ReplicaState()
                .setReplicaId(nodeId)
                .setLogEndOffset(logEndIndex)
                .setLastFetchTimestamp(heardMs)
                .setLastCaughtUpTimestamp(heardMs);
    }

    private static Node node(QuorumInfo.VoterInfo voter) {
        ListenerCollection listeners = new ListenerCollection();
        listeners.add(
                new Listener().setName(RAFT_LISTENER).setHost(voter.host()).setPort(voter.port()));
        return new Node().setNodeId(voter.nodeId()).setListeners(listeners);
    }
}
