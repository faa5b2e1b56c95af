package io.braid.broker.handler;

import io.braid.broker.config.ConfigEntry;
import io.braid.broker.config.DynamicConfigs;
import io.braid.broker.security.Authorizer;
import io.braid.broker.security.Caller;
import io.braid.controller.CommandResult;
import io.braid.controller.NewTopic;
import io.braid.image.ClusterImage;
import io.braid.image.PoolClass;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableReplicaAssignment;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicConfigs;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicResult;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiError;

/**
 * CreateTopics: checks names, configs and assignments, has the quorum create what is sound, and answers when this
 * broker's image has it, with the number of partitions, the replication factor and every effective config. One bad
 * topic does not hurt the others.
 */
public final class CreateTopicsHandler implements AnsweringHandler<CreateTopicsRequestData, CreateTopicsResponseData> {

    private final MetadataSource metadata;
    private final Authorizer authorizer;
    private final TopicCreator creator;
    private final NewTopicCheck check;
    private final Executor background;

    /**
     * @param background makes the answers, so that the thread on which commands complete does not
     */
    public CreateTopicsHandler(
            MetadataSource metadata, Authorizer authorizer, TopicCreator creator, Executor background) {
        this.metadata = metadata;
        this.authorizer = authorizer;
        this.creator = creator;
        this.check = new NewTopicCheck(creator.configs(), creator.defaults().maxPartitions());
        this.background = background;
    }

    @Override
    public CompletableFuture<CreateTopicsResponseData> answer(
            Caller caller, short version, CreateTopicsRequestData request) {
        ClusterImage image = metadata.image();
        DynamicConfigs dynamic = creator.dynamic(image);
        Set<String> repeated = repeatedNames(request);
        Map<String, ApiError> refused = new LinkedHashMap<>();
        List<NewTopic> sound = new ArrayList<>();
        for (CreatableTopic topic : request.topics()) {
            NewTopic planned = plan(dynamic, topic);
            Optional<ApiError> refusal = refusal(caller, topic.name(), repeated)
                    .or(() -> check.refusal(image, topic))
                    .or(() -> misplaced(image, topic, planned));
            refusal.ifPresentOrElse(error -> refused.put(topic.name(), error), () -> sound.add(planned));
        }
        return Deadline.within(request.timeoutMs(), creator.create(sound, request.validateOnly()))
                .thenApplyAsync(items -> response(caller, dynamic, refused, sound, items), background);
    }

    @Override
    public CreateTopicsResponseData failure(short version, CreateTopicsRequestData request, Errors error) {
        CreateTopicsResponseData response = new CreateTopicsResponseData();
        request.topics().forEach(topic -> response.topics().add(failed(topic.name(), new ApiError(error, null))));
        return response;
    }

    // ---- what is asked

    private static Set<String> repeatedNames(CreateTopicsRequestData request) {
        Set<String> seen = new HashSet<>();
        return request.topics().stream()
                .map(CreatableTopic::name)
                .filter(name -> !seen.add(name))
                .collect(Collectors.toSet());
    }

    private Optional<ApiError> refusal(Caller caller, String name, Set<String> repeated) {
        if (repeated.contains(name)) {
            return Optional.of(new ApiError(Errors.INVALID_REQUEST, "Duplicate topic name."));
        }
        return authorizer.allowsOnCluster(caller, AclOperation.CREATE)
                        || authorizer.allowsOnTopic(caller, AclOperation.CREATE, name)
                ? Optional.empty()
                : Optional.of(new ApiError(Errors.TOPIC_AUTHORIZATION_FAILED, "Authorization failed."));
    }

    /** What {@code topic} comes to, if it is sound. */
    private NewTopic plan(DynamicConfigs dynamic, CreatableTopic topic) {
        int partitions = topic.numPartitions();
        int replicas = topic.replicationFactor();
        if (!topic.assignments().isEmpty()) {
            partitions = topic.assignments().size();
            replicas = topic.assignments().iterator().next().brokerIds().size();
        }
        return creator.plan(
                dynamic,
                topic.name(),
                partitions == -1 ? creator.defaults().partitions() : partitions,
                replicas == -1 ? creator.defaults().replicationFactor() : replicas,
                NewTopicCheck.overrides(topic));
    }

    private static Optional<ApiError> misplaced(ClusterImage image, CreatableTopic topic, NewTopic planned) {
        if (topic.assignments().isEmpty()) {
            return Optional.empty();
        }
        PoolClass pool =
                planned.internal() || planned.compacted() ? PoolClass.INTERNAL_AND_COMPACTED : PoolClass.ORDINARY;
        return ReplicaAssignments.misplaced(
                image,
                pool,
                topic.assignments().stream()
                        .map(CreatableReplicaAssignment::brokerIds)
                        .toList());
    }

    // ---- what is answered

    private CreateTopicsResponseData response(
            Caller caller,
            DynamicConfigs dynamic,
            Map<String, ApiError> refused,
            List<NewTopic> sound,
            List<CommandResult.Item> items) {
        CreateTopicsResponseData response = new CreateTopicsResponseData();
        Map<Map<String, String>, List<CreatableTopicConfigs>> described = new HashMap<>();
        for (int i = 0; i < sound.size(); i++) {
            NewTopic topic = sound.get(i);
            CommandResult.Item item = items.get(i);
            if (!item.ok()) {
                response.topics().add(failed(topic.name(), CommandItems.errorOf(item)));
                continue;
            }
            CreatableTopicResult result = new CreatableTopicResult()
                    .setName(topic.name())
                    .setTopicId(topic.id())
                    .setErrorMessage(null);
            if (authorizer.allowsOnTopic(caller, AclOperation.DESCRIBE_CONFIGS, topic.name())) {
                result.setNumPartitions(item.partitionCount())
                        .setReplicationFactor((short) item.replicationFactor())
                        .setConfigs(described.computeIfAbsent(topic.configs(), set -> describe(set, dynamic)));
            } else {
                result.setTopicConfigErrorCode(Errors.TOPIC_AUTHORIZATION_FAILED.code());
            }
            response.topics().add(result);
        }
        refused.forEach((name, error) -> response.topics().add(failed(name, error)));
        return response;
    }

    private List<CreatableTopicConfigs> describe(Map<String, String> overrides, DynamicConfigs dynamic) {
        List<CreatableTopicConfigs> configs = new ArrayList<>();
        for (ConfigEntry entry : creator.configs().describe(overrides, dynamic)) {
            configs.add(new CreatableTopicConfigs()
                    .setName(entry.name())
                    .setValue(entry.value())
                    .setReadOnly(entry.readOnly())
                    .setConfigSource(entry.source().id()));
        }
        return configs;
    }

    private static CreatableTopicResult failed(String name, ApiError error) {
        return new CreatableTopicResult()
                .setName(name)
                .setErrorCode(error.error().code())
                .setErrorMessage(error.messageWithFallback());
    }
}
