package io.braid.broker.handler;

import io.braid.broker.config.ConfigProblem;
import io.braid.broker.config.TopicConfigs;
import io.braid.image.ClusterImage;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableReplicaAssignment;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicConfig;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiError;

/**
 * What a broker can say against a topic to be created, in Kafka's words and order; the quorum checks again what it must.
 * Immutable.
 */
final class NewTopicCheck {

    private final TopicConfigs configs;
    private final int maxPartitions;

    NewTopicCheck(TopicConfigs configs, int maxPartitions) {
        this.configs = configs;
        this.maxPartitions = maxPartitions;
    }

    /** Why {@code topic} cannot be created; empty when nothing speaks against it. */
    Optional<ApiError> refusal(ClusterImage image, CreatableTopic topic) {
        return name(image, topic.name())
                .or(() -> configs(topic))
                .or(() -> topic.assignments().isEmpty() ? numbers(topic) : assignments(image, topic));
    }

    /** The configs of {@code topic} that have a value. */
    static Map<String, String> overrides(CreatableTopic topic) {
        Map<String, String> overrides = new TreeMap<>();
        for (CreatableTopicConfig config : topic.configs()) {
            if (config.value() != null) {
                overrides.put(config.name(), config.value());
            }
        }
        return overrides;
    }

    private static Optional<ApiError> name(ClusterImage image, String name) {
        if (name.equals(Topic.CLUSTER_METADATA_TOPIC_NAME)) {
            return error(Errors.INVALID_REQUEST, "Creation of internal topic " + name + " is prohibited.");
        }
        try {
            Topic.validate(name);
        } catch (InvalidTopicException e) {
            return error(Errors.INVALID_TOPIC_EXCEPTION, e.getMessage());
        }
        if (image.topic(name).isPresent()) {
            return error(Errors.TOPIC_ALREADY_EXISTS, "Topic '" + name + "' already exists.");
        }
        return image.topicCollidingWith(name)
                .flatMap(other -> error(
                        Errors.INVALID_TOPIC_EXCEPTION,
                        "Topic '" + name + "' collides with existing topic: " + other.name()));
    }

    private Optional<ApiError> configs(CreatableTopic topic) {
        String nulls = topic.configs().stream()
                .filter(config -> config.value() == null)
                .map(CreatableTopicConfig::name)
                .collect(Collectors.joining(","));
        if (!nulls.isEmpty()) {
            return error(Errors.INVALID_CONFIG, "Null value not supported for topic configs: " + nulls);
        }
        List<ConfigProblem> problems = configs.check(overrides(topic));
        return problems.isEmpty()
                ? Optional.empty()
                : error(
                        Errors.INVALID_CONFIG,
                        problems.stream().map(ConfigProblem::message).collect(Collectors.joining("; ")));
    }

    private Optional<ApiError> numbers(CreatableTopic topic) {
        int replicas = topic.replicationFactor();
        if (replicas < -1 || replicas == 0) {
            return error(
                    Errors.INVALID_REPLICATION_FACTOR,
                    "Replication factor must be larger than 0, or -1 to use the default value.");
        }
        int partitions = topic.numPartitions();
        if (partitions < -1 || partitions == 0) {
            return error(Errors.INVALID_PARTITIONS, "Number of partitions was set to an invalid non-positive value.");
        }
        return tooMany(partitions);
    }

    private Optional<ApiError> tooMany(int partitions) {
        return partitions > maxPartitions
                ? error(
                        Errors.INVALID_PARTITIONS,
                        "A topic may have " + maxPartitions + " partitions (max.topic.partitions).")
                : Optional.empty();
    }

    private Optional<ApiError> assignments(ClusterImage image, CreatableTopic topic) {
        if (topic.replicationFactor() != -1) {
            return error(
                    Errors.INVALID_REQUEST,
                    "A manual partition assignment was specified, but replication factor was not set to -1.");
        }
        if (topic.numPartitions() != -1) {
            return error(
                    Errors.INVALID_REQUEST,
                    "A manual partition assignment was specified, but numPartitions was not set to -1.");
        }
        int count = topic.assignments().size();
        Set<Integer> indexes = new HashSet<>();
        int replicas = topic.assignments().iterator().next().brokerIds().size();
        for (CreatableReplicaAssignment assignment : topic.assignments()) {
            Optional<ApiError> wrong = assignment(image, assignment, indexes, replicas);
            if (wrong.isPresent()) {
                return wrong;
            }
        }
        if (indexes.stream().anyMatch(index -> index < 0 || index >= count)) {
            return error(
                    Errors.INVALID_REPLICA_ASSIGNMENT, "partitions should be a consecutive 0-based integer sequence");
        }
        return tooMany(count);
    }

    private static Optional<ApiError> assignment(
            ClusterImage image, CreatableReplicaAssignment assignment, Set<Integer> earlier, int replicas) {
        if (!earlier.add(assignment.partitionIndex())) {
            return error(
                    Errors.INVALID_REPLICA_ASSIGNMENT,
                    "Found multiple manual partition assignments for partition " + assignment.partitionIndex());
        }
        int size = assignment.brokerIds().size();
        return ReplicaAssignments.malformed(image, assignment.brokerIds())
                .or(() -> size == replicas
                        ? Optional.empty()
                        : error(
                                Errors.INVALID_REPLICA_ASSIGNMENT,
                                "The manual partition assignment includes a partition with " + size
                                        + " replica(s), but this is not consistent with previous partitions, which"
                                        + " have " + replicas + " replica(s)."));
    }

    private static Optional<ApiError> error(Errors error, String message) {
        return Optional.of(new ApiError(error, message));
    }
}
