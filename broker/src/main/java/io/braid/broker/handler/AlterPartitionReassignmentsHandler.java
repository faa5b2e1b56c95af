package io.braid.broker.handler;

import io.braid.broker.security.Authorizer;
import io.braid.broker.security.Caller;
import io.braid.image.ClusterImage;
import io.braid.image.ShardImage;
import io.braid.image.TopicImage;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignablePartition;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData.ReassignablePartitionResponse;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData.ReassignableTopicResponse;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AlterPartitionReassignmentsRequest;
import org.apache.kafka.common.requests.ApiError;

/**
 * AlterPartitionReassignments. A partition has the replicas of its shard and cannot be moved on its own: a target that
 * is what the partition has or moves to succeeds, any other is refused with a message that names the shard and the command.
 * A move is not cancelled here either, since other partitions move too.
 */
public final class AlterPartitionReassignmentsHandler
        implements AnsweringHandler<AlterPartitionReassignmentsRequestData, AlterPartitionReassignmentsResponseData> {

    private final MetadataSource metadata;
    private final Authorizer authorizer;

    public AlterPartitionReassignmentsHandler(MetadataSource metadata, Authorizer authorizer) {
        this.metadata = metadata;
        this.authorizer = authorizer;
    }

    @Override
    public CompletableFuture<AlterPartitionReassignmentsResponseData> answer(
            Caller caller, short version, AlterPartitionReassignmentsRequestData request) {
        if (!authorizer.allowsOnCluster(caller, AclOperation.ALTER)) {
            return CompletableFuture.completedFuture(failure(version, request, Errors.CLUSTER_AUTHORIZATION_FAILED));
        }
        ClusterImage image = metadata.image();
        AlterPartitionReassignmentsResponseData response = new AlterPartitionReassignmentsResponseData()
                .setErrorMessage(null)
                .setAllowReplicationFactorChange(request.allowReplicationFactorChange());
        request.topics().forEach(topic -> {
            Optional<TopicImage> known = image.topic(topic.name());
            response.responses()
                    .add(new ReassignableTopicResponse()
                            .setName(topic.name())
                            .setPartitions(topic.partitions().stream()
                                    .map(partition -> result(partition, outcome(image, topic.name(), known, partition)))
                                    .toList()));
        });
        return CompletableFuture.completedFuture(response);
    }

    @Override
    public AlterPartitionReassignmentsResponseData failure(
            short version, AlterPartitionReassignmentsRequestData request, Errors error) {
        return (AlterPartitionReassignmentsResponseData) new AlterPartitionReassignmentsRequest.Builder(request)
                .build(version)
                .getErrorResponse(0, error.exception())
                .data();
    }

    private static ApiError outcome(
            ClusterImage image, String name, Optional<TopicImage> topic, ReassignablePartition target) {
        int partition = target.partitionIndex();
        if (topic.isEmpty()) {
            return new ApiError(Errors.UNKNOWN_TOPIC_OR_PARTITION, "Unable to find a topic named " + name + ".");
        }
        if (partition < 0 || partition >= topic.get().partitionCount()) {
            return new ApiError(
                    Errors.UNKNOWN_TOPIC_OR_PARTITION, "Unable to find partition " + name + ":" + partition + ".");
        }
        List<Integer> replicas = target.replicas();
        ShardImage shard = image.shardOf(topic.get(), partition);
        if (replicas == null) {
            return shard.moving()
                    ? refusal(name, partition, shard)
                    : new ApiError(Errors.NO_REASSIGNMENT_IN_PROGRESS, Errors.NO_REASSIGNMENT_IN_PROGRESS.message());
        }
        return ReplicaAssignments.malformed(image, replicas)
                .orElseGet(() -> replicas.equals(shard.target()) ? ApiError.NONE : refusal(name, partition, shard));
    }

    private static ApiError refusal(String name, int partition, ShardImage shard) {
        return new ApiError(
                Errors.INVALID_REPLICA_ASSIGNMENT,
                name + "-" + partition + " lives in shard " + shard.id() + " of pool " + shard.poolId()
                        + " and moves with it, not on its own: move the shard instead (braid shards move " + shard.id()
                        + ").");
    }

    private static ReassignablePartitionResponse result(ReassignablePartition partition, ApiError error) {
        return new ReassignablePartitionResponse()
                .setPartitionIndex(partition.partitionIndex())
                .setErrorCode(error.error().code())
                .setErrorMessage(error.isFailure() ? error.messageWithFallback() : null);
    }
}
