package io.braid.broker.handler;

import io.braid.broker.security.Authorizer;
import io.braid.broker.security.Caller;
import io.braid.controller.Command;
import io.braid.controller.Command.TopicRef;
import io.braid.controller.CommandResult;
import io.braid.image.ClusterImage;
import io.braid.image.TopicImage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.DeleteTopicsRequestData.DeleteTopicState;
import org.apache.kafka.common.message.DeleteTopicsResponseData;
import org.apache.kafka.common.message.DeleteTopicsResponseData.DeletableTopicResult;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiError;

/**
 * DeleteTopics, by name or by id (version 6 on). Answers when the topics are gone from this broker's image; their data
 * goes later.
 */
public final class DeleteTopicsHandler implements AnsweringHandler<DeleteTopicsRequestData, DeleteTopicsResponseData> {

    private static final short FIRST_VERSION_WITH_DISABLED_ERROR = 3;
    private static final short FIRST_VERSION_WITH_IDS = 6;

    private final MetadataSource metadata;
    private final Authorizer authorizer;
    private final boolean enabled;
    private final Executor background;

    /**
     * @param enabled {@code delete.topic.enable}
     * @param background makes the answers
     */
    public DeleteTopicsHandler(MetadataSource metadata, Authorizer authorizer, boolean enabled, Executor background) {
        this.metadata = metadata;
        this.authorizer = authorizer;
        this.enabled = enabled;
        this.background = background;
    }

    @Override
    public CompletableFuture<DeleteTopicsResponseData> answer(
            Caller caller, short version, DeleteTopicsRequestData request) {
        if (!enabled) {
            Errors disabled = version < FIRST_VERSION_WITH_DISABLED_ERROR
                    ? Errors.INVALID_REQUEST
                    : Errors.TOPIC_DELETION_DISABLED;
            return CompletableFuture.completedFuture(failure(version, request, disabled));
        }
        DeleteTopicsResponseData response = new DeleteTopicsResponseData();
        List<TopicRef> wanted = new ArrayList<>();
        Map<TopicRef, Integer> times = new LinkedHashMap<>();
        for (DeleteTopicState topic : topicsOf(version, request)) {
            boolean named = topic.name() != null;
            boolean identified = !topic.topicId().equals(Uuid.ZERO_UUID);
            if (named == identified) {
                String message = named
                        ? "You may not specify both topic name and topic id."
                        : "Neither topic name nor id were specified.";
                add(response, topic.name(), topic.topicId(), new ApiError(Errors.INVALID_REQUEST, message));
            } else {
                times.merge(named ? TopicRef.named(topic.name()) : TopicRef.of(topic.topicId()), 1, Integer::sum);
            }
        }
        ClusterImage image = metadata.image();
        for (Map.Entry<TopicRef, Integer> entry : times.entrySet()) {
            TopicRef topic = entry.getKey();
            Optional<ApiError> refusal = refusal(caller, image, topic, entry.getValue() > 1, times);
            refusal.ifPresent(error -> add(response, nameToShow(topic, image, caller), topic.id(), error));
            if (refusal.isEmpty()) {
                wanted.add(topic);
            }
        }
        if (wanted.isEmpty()) {
            return CompletableFuture.completedFuture(response);
        }
        return Deadline.within(request.timeoutMs(), metadata.submit(new Command.DeleteTopics(wanted)))
                .thenApplyAsync(result -> finished(response, image, wanted, result), background);
    }

    @Override
    public DeleteTopicsResponseData failure(short version, DeleteTopicsRequestData request, Errors error) {
        DeleteTopicsResponseData response = new DeleteTopicsResponseData();
        topicsOf(version, request)
                .forEach(topic -> add(response, topic.name(), topic.topicId(), new ApiError(error, null)));
        return response;
    }

    private static List<DeleteTopicState> topicsOf(short version, DeleteTopicsRequestData request) {
        return version >= FIRST_VERSION_WITH_IDS
                ? request.topics()
                : request.topicNames().stream()
                        .map(name -> new DeleteTopicState().setName(name))
                        .toList();
    }

    private Optional<ApiError> refusal(
            Caller caller, ClusterImage image, TopicRef topic, boolean repeated, Map<TopicRef, Integer> all) {
        boolean byName = !topic.name().isEmpty() || topic.id().equals(Uuid.ZERO_UUID);
        if (repeated) {
            return error(Errors.INVALID_REQUEST, byName ? "Duplicate topic name." : "Duplicate topic id.");
        }
        if (byName && topic.name().isEmpty()) {
            return error(Errors.UNKNOWN_TOPIC_OR_PARTITION, null);
        }
        if (byName) {
            return mayDelete(caller, topic.name())
                    ? sameAsAnId(image, topic, all)
                    : error(Errors.TOPIC_AUTHORIZATION_FAILED, null);
        }
        Optional<TopicImage> found = image.topic(topic.id());
        if (found.isEmpty()) {
            return error(Errors.UNKNOWN_TOPIC_ID, null);
        }
        return mayDelete(caller, found.get().name())
                ? Optional.empty()
                : error(Errors.TOPIC_AUTHORIZATION_FAILED, null);
    }

    private static Optional<ApiError> sameAsAnId(ClusterImage image, TopicRef named, Map<TopicRef, Integer> all) {
        return image.topic(named.name())
                .filter(found -> all.containsKey(TopicRef.of(found.id())))
                .flatMap(found -> error(
                        Errors.INVALID_REQUEST, "The provided topic name maps to an ID that was already supplied."));
    }

    private boolean mayDelete(Caller caller, String name) {
        return authorizer.allowsOnCluster(caller, AclOperation.DELETE)
                || authorizer.allowsOnTopic(caller, AclOperation.DELETE, name);
    }

    /** A topic asked for by its id is named only to those who may know the name. */
    private String nameToShow(TopicRef topic, ClusterImage image, Caller caller) {
        if (topic.id().equals(Uuid.ZERO_UUID)) {
            return topic.name();
        }
        return image.topic(topic.id())
                .map(TopicImage::name)
                .filter(name -> authorizer.allowsOnTopic(caller, AclOperation.DESCRIBE, name))
                .orElse(null);
    }

    private static DeleteTopicsResponseData finished(
            DeleteTopicsResponseData response, ClusterImage before, List<TopicRef> wanted, CommandResult result) {
        List<CommandResult.Item> items = CommandItems.of(result, wanted.size());
        for (int i = 0; i < wanted.size(); i++) {
            TopicRef topic = wanted.get(i);
            CommandResult.Item item = items.get(i);
            String name = topic.name().isEmpty() && !topic.id().equals(Uuid.ZERO_UUID)
                    ? before.topic(topic.id()).map(TopicImage::name).orElse(null)
                    : topic.name();
            add(response, name, item.ok() ? item.id() : topic.id(), CommandItems.errorOf(item));
        }
        return response;
    }

    private static void add(DeleteTopicsResponseData response, String name, Uuid id, ApiError error) {
        response.responses()
                .add(new DeletableTopicResult()
                        .setName(name)
                        .setTopicId(id)
                        .setErrorCode(error.error().code())
                        .setErrorMessage(error.isFailure() ? error.messageWithFallback() : null));
    }

    private static Optional<ApiError> error(Errors error, String message) {
        return Optional.of(new ApiError(error, message));
    }
}
