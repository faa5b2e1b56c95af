package io.braid.broker.handler;

import io.braid.broker.security.Authorizer;
import io.braid.broker.security.Caller;
import io.braid.controller.Command;
import io.braid.controller.CommandResult;
import io.braid.image.ClusterImage;
import io.braid.image.TopicImage;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.message.ElectLeadersRequestData;
import org.apache.kafka.common.message.ElectLeadersRequestData.TopicPartitions;
import org.apache.kafka.common.message.ElectLeadersResponseData;
import org.apache.kafka.common.message.ElectLeadersResponseData.PartitionResult;
import org.apache.kafka.common.message.ElectLeadersResponseData.ReplicaElectionResult;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiError;

/**
 * ElectLeaders. A partition's leader is that of its shard, so an election is one of shards: all partitions of a shard get
 * its outcome, and those that were not named change their leader too. The controllers decide.
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
    public CompletableFuture<ElectLeadersResponseData> answer(
            Caller caller, short version, ElectLeadersRequestData request) {
        if (!authorizer.allowsOnCluster(caller, AclOperation.ALTER)) {
            return CompletableFuture.completedFuture(failure(version, request, Errors.CLUSTER_AUTHORIZATION_FAILED));
        }
        byte type = request.electionType();
        if (type != PREFERRED && type != UNCLEAN) {
            return CompletableFuture.completedFuture(failure(version, request, Errors.INVALID_REQUEST));
        }
        Command.Election election = Command.Election.of(type);
        if (request.topicPartitions() == null) {
            return elect(request, election, Set.of()).thenApplyAsync(this::allThatNeededOne, background);
        }
        ClusterImage image = metadata.image();
        Set<Integer> shards = new TreeSet<>();
        for (TopicPartitions topic : request.topicPartitions()) {
            for (int partition : topic.partitions()) {
                shardOf(image, topic.topic(), partition).ifPresent(shards::add);
            }
        }
        return shards.isEmpty()
                ? CompletableFuture.completedFuture(named(request, image, Map.of()))
                : elect(request, election, shards)
                        .thenApplyAsync(outcomes -> named(request, image, outcomes), background);
    }

    /** The outcome for each shard by its id; for all shards only of those that needed an election. */
    private CompletableFuture<Map<Integer, ApiError>> elect(
            ElectLeadersRequestData request, Command.Election election, Set<Integer> shards) {
        return Deadline.within(
                        request.timeoutMs(), metadata.submit(new Command.ElectLeaders(election, List.copyOf(shards))))
                .thenApply(result -> outcomes(result, shards));
    }

    private static Map<Integer, ApiError> outcomes(CommandResult result, Set<Integer> shards) {
        if (!result.ok() && shards.isEmpty()) {
            throw result.error().exception(result.message());
        }
        Map<Integer, ApiError> outcomes = new HashMap<>();
        if (!result.ok()) {
            shards.forEach(shard -> outcomes.put(shard, new ApiError(result.error(), result.message())));
        }
        for (CommandResult.Item item : result.items()) {
            outcomes.put(Integer.valueOf(item.name()), new ApiError(item.error(), item.message()));
        }
        return outcomes;
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

    private ElectLeadersResponseData allThatNeededOne(Map<Integer, ApiError> outcomes) {
        ElectLeadersResponseData response = new ElectLeadersResponseData();
        if (outcomes.isEmpty()) {
            return response;
        }
        metadata.image().forEachTopic(topic -> {
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
        return response;
    }

    private static ElectLeadersResponseData named(
            ElectLeadersRequestData request, ClusterImage image, Map<Integer, ApiError> outcomes) {
        ElectLeadersResponseData response = new ElectLeadersResponseData();
        for (TopicPartitions topic : request.topicPartitions()) {
            ReplicaElectionResult result = new ReplicaElectionResult().setTopic(topic.topic());
            for (int partition : topic.partitions()) {
                ApiError outcome = shardOf(image, topic.topic(), partition)
                        .map(outcomes::get)
                        .orElseGet(() -> unknown(image, topic.topic(), partition));
                add(result, partition, outcome);
            }
            response.replicaElectionResults().add(result);
        }
        return response;
    }

    private static Optional<Integer> shardOf(ClusterImage image, String name, int partition) {
        return image.topic(name)
                .filter(topic -> partition >= 0 && partition < topic.partitionCount())
                .map(topic -> topic.shardOf(partition));
    }

    private static ApiError unknown(ClusterImage image, String name, int partition) {
        Optional<TopicImage> topic = image.topic(name);
        return new ApiError(
                Errors.UNKNOWN_TOPIC_OR_PARTITION,
                topic.isEmpty() ? "No such topic as " + name : "No such partition as " + name + "-" + partition);
    }

    private static void add(ReplicaElectionResult result, int partition, ApiError error) {
        result.partitionResult()
                .add(new PartitionResult()
                        .setPartitionId(partition)
                        .setErrorCode(error.error().code())
                        .setErrorMessage(error.isFailure() ? error.messageWithFallback() : null));
    }
}
