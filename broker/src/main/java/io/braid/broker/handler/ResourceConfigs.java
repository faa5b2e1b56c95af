package io.braid.broker.handler;

import io.braid.broker.config.BrokerConfigs;
import io.braid.broker.config.ConfigEntry;
import io.braid.broker.config.ConfigProblem;
import io.braid.broker.config.DynamicConfigs;
import io.braid.broker.config.GroupConfigs;
import io.braid.broker.config.TopicConfigs;
import io.braid.image.ClusterImage;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiError;

/** The configs of topics, brokers and groups under one roof, as the config APIs address them. Immutable. */
public final class ResourceConfigs {

    private final int nodeId;
    private final TopicConfigs topics;
    private final BrokerConfigs brokers;
    private final GroupConfigs groups;

    /**
     * @param nodeId this broker, the only one whose configs it can tell
     */
    public ResourceConfigs(int nodeId, TopicConfigs topics, BrokerConfigs brokers, GroupConfigs groups) {
        this.nodeId = nodeId;
        this.topics = topics;
        this.brokers = brokers;
        this.groups = groups;
    }

    /** Why a resource of this name cannot have configs here, be it known or not; empty when it can. */
    Optional<ApiError> refusal(ConfigResource resource) {
        String name = resource.name();
        return switch (resource.type()) {
            case TOPIC -> invalidTopic(name);
            case BROKER -> wrongBroker(name);
            case GROUP ->
                name.isEmpty() ? error(Errors.INVALID_REQUEST, "Group name must not be empty") : Optional.empty();
            case CLIENT_METRICS ->
                error(Errors.INVALID_REQUEST, "This broker does not collect the metrics of clients (KIP-714).");
            case BROKER_LOGGER ->
                error(Errors.INVALID_REQUEST, "Log levels are set in the node's logging configuration.");
            case UNKNOWN -> error(Errors.INVALID_REQUEST, "Unknown resource type");
        };
    }

    /** Every config of a resource that {@link #refusal} does not refuse; of broker "" only those that were set. */
    List<ConfigEntry> describe(ClusterImage image, ConfigResource resource) {
        Map<String, String> set = image.config(resource.type().id(), resource.name());
        return resource.type() == ConfigResource.Type.BROKER && resource.name().isEmpty()
                ? brokers.describeClusterDefaults(set)
                : describe(image, resource, set);
    }

    /** Every config that the resource has when nothing is set on it. */
    List<ConfigEntry> inherited(ClusterImage image, ConfigResource resource) {
        return describe(image, resource, Map.of());
    }

    /** What is wrong with setting a key on a resource; empty when nothing is. */
    Optional<ApiError> invalid(ConfigResource resource, String key, String value) {
        return switch (resource.type()) {
            case TOPIC -> topics.check(key, value).flatMap(ResourceConfigs::invalidConfig);
            case GROUP -> groups.check(key, value).flatMap(ResourceConfigs::invalidConfig);
            // Kafka answers so here, though the request is well formed (KAFKA-13609).
            case BROKER ->
                brokers.checkAlter(key, value).flatMap(problem -> error(Errors.INVALID_REQUEST, problem.message()));
            default -> refusal(resource);
        };
    }

    private List<ConfigEntry> describe(ClusterImage image, ConfigResource resource, Map<String, String> set) {
        DynamicConfigs dynamic = new DynamicConfigs(
                image.config(ClusterImage.BROKER_RESOURCE, Integer.toString(nodeId)),
                image.config(ClusterImage.BROKER_RESOURCE, ""));
        return switch (resource.type()) {
            case TOPIC -> topics.describe(set, dynamic);
            case GROUP -> groups.describe(set);
            case BROKER ->
                brokers.describe(
                        resource.name().isEmpty()
                                ? new DynamicConfigs(Map.of(), set)
                                : new DynamicConfigs(set, dynamic.cluster()));
            default -> List.of();
        };
    }

    private static Optional<ApiError> invalidTopic(String name) {
        try {
            Topic.validate(name);
            return Optional.empty();
        } catch (InvalidTopicException e) {
            return error(Errors.INVALID_TOPIC_EXCEPTION, e.getMessage());
        }
    }

    private Optional<ApiError> wrongBroker(String name) {
        if (name.isEmpty() || name.equals(Integer.toString(nodeId))) {
            return Optional.empty();
        }
        return error(
                Errors.INVALID_REQUEST,
                name.matches("-?[0-9]{1,9}")
                        ? "Unexpected broker id, expected " + nodeId + " or empty string, but received " + name
                        : "Node id must be an integer, but it is: " + name);
    }

    private static Optional<ApiError> invalidConfig(ConfigProblem problem) {
        return error(Errors.INVALID_CONFIG, problem.message());
    }

    private static Optional<ApiError> error(Errors error, String message) {
        return Optional.of(new ApiError(error, message));
    }
}
