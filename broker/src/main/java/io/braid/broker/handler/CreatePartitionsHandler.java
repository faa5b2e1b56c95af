package io.braid.broker.handler;

import io.braid.broker.security.Authorizer;
import io.braid.broker.security.Caller;
import io.braid.controller.Command;
import io.braid.controller.CommandResult;
import io.braid.image.ClusterImage;
import io.braid.image.TopicImage;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.message.CreatePartitionsRequestData;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsAssignment;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsTopic;
import org.apache.kafka.common.message.CreatePartitionsResponseData;
import org.apache.kafka.common.message.CreatePartitionsResponseData.CreatePartitionsTopicResult;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiError;

/** CreatePartitions: gives topics more partitions. Answers when this broker's image has them. */
public final class CreatePartitionsHandler
        implements AnsweringHandler<CreatePartitionsRequestData, CreatePartitionsResponseData> {

    private final MetadataSource metadata;
    private final Authorizer authorizer;
    private final int maxPartitions;
    private final Executor background;

    /**
     * @param maxPartitions the most that one topic may have: {@code max.topic.partitions}
     * @param background makes the answers
     */
    public CreatePartitionsHandler(
            MetadataSource metadata, Authorizer authorizer, int maxPartitions, Executor background) {
        this.metadata = metadata;
        this.authorizer = authorizer;
        this.maxPartitions = maxPartitions;
        this.background = background;
    }

    @Override
    public CompletableFuture<CreatePartitionsResponseData> answer(
            Caller caller, short version, CreatePartitionsRequestData request) {
        ClusterImage image = metadata.image();
        Set<String> seen = new HashSet<>();
        Set<String> repeated = new HashSet<>();
        request.topics().forEach(topic -> {
            if (!seen.add(topic.name())) {
                repeated.add(topic.name());
            }
        });
        Map<String, ApiError> refused = new LinkedHashMap<>();
        List<Command.NewPartitions> sound = new ArrayList<>();
        for (CreatePartitionsTopic topic : request.topics()) {
            Optional<ApiError> refusal = repeated.contains(topic.name())
                    ? error(Errors.INVALID_REQUEST, "Duplicate topic name.")
                    : refusal(caller, image, topic);
            refusal.ifPresentOrElse(
                    error -> refused.put(topic.name(), error),
                    () -> sound.add(new Command.NewPartitions(topic.name(), topic.count())));
        }
        if (sound.isEmpty()) {
            return CompletableFuture.completedFuture(response(refused, sound, List.of()));
        }
        return Deadline.within(
                        request.timeoutMs(),
                        metadata.submit(new Command.CreatePartitions(sound, request.validateOnly())))
                .thenApplyAsync(result -> response(refused, sound, CommandItems.of(result, sound.size())), background);
    }

    @Override
    public CreatePartitionsResponseData failure(short version, CreatePartitionsRequestData request, Errors error) {
        CreatePartitionsResponseData response = new CreatePartitionsResponseData();
        request.topics().forEach(topic -> response.results().add(result(topic.name(), new ApiError(error, null))));
        return response;
    }

    private Optional<ApiError> refusal(Caller caller, ClusterImage image, CreatePartitionsTopic topic) {
        if (!authorizer.allowsOnTopic(caller, AclOperation.ALTER, topic.name())) {
            return error(Errors.TOPIC_AUTHORIZATION_FAILED, null);
        }
        if (topic.count() > maxPartitions) {
            return error(
                    Errors.INVALID_PARTITIONS,
                    "A topic may have " + maxPartitions + " partitions (max.topic.partitions).");
        }
        Optional<TopicImage> existing = image.topic(topic.name());
        if (existing.isEmpty()) {
            return Optional.empty(); // the quorum knows best
        }
        int has = existing.get().partitionCount();
        if (topic.count() == has) {
            return error(Errors.INVALID_PARTITIONS, "Topic already has " + has + " partition(s).");
        }
        if (topic.count() < has) {
            return error(
                    Errors.INVALID_PARTITIONS,
                    "The topic " + topic.name() + " currently has " + has + " partition(s); " + topic.count()
                            + " would not be an increase.");
        }
        return topic.assignments() == null
                ? Optional.empty()
                : misassigned(image, existing.get(), topic.count() - has, topic.assignments());
    }

    private static Optional<ApiError> misassigned(
            ClusterImage image, TopicImage topic, int additional, List<CreatePartitionsAssignment> assignments) {
        if (assignments.size() != additional) {
            return error(
                    Errors.INVALID_REPLICA_ASSIGNMENT,
                    "Attempted to add " + additional + " additional partition(s), but only " + assignments.size()
                            + " assignment(s) were specified.");
        }
        int poolId = image.shardOf(topic, topic.partitionCount() - 1).poolId();
        for (CreatePartitionsAssignment assignment : assignments) {
            Optional<ApiError> wrong = ReplicaAssignments.malformed(image, assignment.brokerIds())
                    .or(() -> image.pool(poolId)
                            .flatMap(pool -> ReplicaAssignments.misplaced(image, pool, assignment.brokerIds())));
            if (wrong.isPresent()) {
                return wrong;
            }
        }
        return Optional.empty();
    }

    private static CreatePartitionsResponseData response(
            Map<String, ApiError> refused, List<Command.NewPartitions> sound, List<CommandResult.Item> items) {
        CreatePartitionsResponseData response = new CreatePartitionsResponseData();
        for (int i = 0; i < sound.size(); i++) {
            response.results().add(result(sound.get(i).topic(), CommandItems.errorOf(items.get(i))));
        }
        refused.forEach((name, error) -> response.results().add(result(name, error)));
        return response;
    }

    private static CreatePartitionsTopicResult result(String name, ApiError error) {
        return new CreatePartitionsTopicResult()
                .setName(name)
                .setErrorCode(error.error().code())
                .setErrorMessage(error.isFailure() ? error.messageWithFallback() : null);
    }

    private static Optional<ApiError> error(Errors error, String message) {
        return Optional.of(new ApiError(error, message));
    }
}
