package io.braid.broker.handler;

import io.braid.broker.security.Authorizer;
import io.braid.broker.security.Caller;
import io.braid.image.ClusterImage;
import io.braid.image.ShardImage;
import io.braid.image.TopicImage;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.message.ElectLeadersRequestData;
import org.apache.kafka.common.message.ElectLeadersResponseData;
import org.apache.kafka.common.message.ElectLeadersResponseData.PartitionResult;
import org.apache.kafka.common.message.ElectLeadersResponseData.ReplicaElectionResult;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiError;

/**
 * ElectLeaders. Leaders are elected shard by shard, by the controllers and on their own: an election that is not needed
 * is answered so, any other with the reason why the wanted leader is not to be had.
 */
public final class ElectLeadersHandler implements AnsweringHandler<ElectLeadersRequestData, ElectLeadersResponseData> {

    private static final byte PREFERRED = 0;
    private static final byte UNCLEAN = 1;

    private final MetadataSource metadata;
    private final Authorizer authorizer;
    private final Executor background;

    /**
     * @param background answers requests for all partitions
     */
    public ElectLeadersHandler(MetadataSource metadata, Authorizer authorizer, Executor background) {
        this.metadata = metadata;
        this.authorizer = authorizer;
        this.background = background;
    }

    @Override
    public Executor executorFor(short version, ElectLeadersRequestData request) {
        return request.topicPartitions() == null ? background : HERE;
    }

    @Override
    public CompletableFuture<ElectLeadersResponseData> answer(
            Caller caller, short version, ElectLeadersRequestData request) {
        if (!authorizer.allowsOnCluster(caller, AclOperation.ALTER)) {
            return CompletableFuture.completedFuture(failure(version, request, Errors.CLUSTER_AUTHORIZATION_FAILED));
        }
        byte type = request.electionType();
        if (type != PREFERRED && type != UNCLEAN) {
            return CompletableFuture.completedFuture(failure(version, request, Errors.INVALID_REQUEST));
        }
        ClusterImage image = metadata.image();
        ElectLeadersResponseData response = new ElectLeadersResponseData();
        if (request.topicPartitions() == null) {
            addAll(response, image, type);
            return CompletableFuture.completedFuture(response);
        }
        request.topicPartitions().forEach(topic -> {
            ReplicaElectionResult result = new ReplicaElectionResult().setTopic(topic.topic());
            Optional<TopicImage> known = image.topic(topic.topic());
            topic.partitions()
                    .forEach(
                            partition -> add(result, partition, outcome(image, topic.topic(), known, partition, type)));
            response.replicaElectionResults().add(result);
        });
        return CompletableFuture.completedFuture(response);
    }

    @Override
    public ElectLeadersResponseData failure(short version, ElectLeadersRequestData request, Errors error) {
        ElectLeadersResponseData response = new ElectLeadersResponseData();
        if (version > 0) {
            response.setErrorCode(error.code());
        }
        if (request.topicPartitions() != null) {
            request.topicPartitions().forEach(topic -> {
                ReplicaElectionResult result = new ReplicaElectionResult().setTopic(topic.topic());
                topic.partitions().forEach(partition -> add(result, partition, new ApiError(error, error.message())));
                response.replicaElectionResults().add(result);
            });
        }
        return response;
    }

    /** Of all partitions only those are named that do not have the leader they should have. */
    private static void addAll(ElectLeadersResponseData response, ClusterImage image, byte type) {
        Map<Integer, ApiError> outcomes = new HashMap<>();
        for (ShardImage shard : image.shards()) {
            ApiError outcome = outcome(shard, type);
            if (!outcome.is(Errors.ELECTION_NOT_NEEDED)) {
                outcomes.put(shard.id(), outcome);
            }
        }
        if (outcomes.isEmpty()) {
            return;
        }
        image.forEachTopic(topic -> {
            ReplicaElectionResult result = new ReplicaElectionResult().setTopic(topic.name());
            for (int partition = 0; partition < topic.partitionCount(); partition++) {
                ApiError outcome = outcomes.get(topic.shardOf(partition));
                if (outcome != null) {
                    add(result, partition, outcome);
                }
            }
            if (!result.partitionResult().isEmpty()) {
                response.replicaElectionResults().add(result);
            }
        });
    }

    private static ApiError outcome(
            ClusterImage image, String name, Optional<TopicImage> topic, int partition, byte type) {
        if (topic.isEmpty()) {
            return new ApiError(Errors.UNKNOWN_TOPIC_OR_PARTITION, "No such topic as " + name);
        }
        if (partition < 0 || partition >= topic.get().partitionCount()) {
            return new ApiError(Errors.UNKNOWN_TOPIC_OR_PARTITION, "No such partition as " + name + "-" + partition);
        }
        return outcome(image.shardOf(topic.get(), partition), type);
    }

    private static ApiError outcome(ShardImage shard, byte type) {
        List<Integer> replicas = shard.replicas();
        boolean hasLeader = shard.leader() != ShardImage.NO_LEADER;
        if (type == PREFERRED ? hasLeader && replicas.get(0) == shard.leader() : hasLeader) {
            return new ApiError(Errors.ELECTION_NOT_NEEDED, Errors.ELECTION_NOT_NEEDED.message());
        }
        return type == PREFERRED
                ? new ApiError(
                        Errors.PREFERRED_LEADER_NOT_AVAILABLE,
                        "Shard " + shard.id() + " is led by broker " + shard.leader()
                                + "; its preferred leader, broker " + replicas.get(0)
                                + ", takes over when the controllers find it fit.")
                : new ApiError(
                        Errors.ELIGIBLE_LEADERS_NOT_AVAILABLE,
                        "Shard " + shard.id() + " has no replica that may lead; in sync last: " + shard.isr() + ".");
    }

    private static void add(ReplicaElectionResult result, int partition, ApiError error) {
        result.partitionResult()
                .add(new PartitionResult()
                        .setPartitionId(partition)
                        .setErrorCode(error.error().code())
                        .setErrorMessage(error.isFailure() ? error.messageWithFallback() : null));
    }
}
