package io.braid.broker.handler;

import io.braid.broker.security.Authorizer;
import io.braid.broker.security.Caller;
import io.braid.image.ClusterImage;
import io.braid.image.TopicImage;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseBroker;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseTopic;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.MetadataRequest;
import org.apache.kafka.common.resource.ResourceType;

/**
 * Metadata: the brokers, and topics with their partitions' leaders, replicas and in-sync replicas, each partition with
 * what its shard has. By name, by id (version 12 on), or all; a name that does not exist is created when the client and
 * the broker both allow it, and the answer waits for it.
 *
 * <p>A leader is named only when it accepts writes (see {@link ShardReadiness}). Since every answer, and every hint in
 * the answers of the data path (KIP-951), comes from the one image of this broker, Metadata never lags behind an epoch
 * that the broker has announced.
 */
public final class MetadataHandler implements AnsweringHandler<MetadataRequestData, MetadataResponseData> {

    private static final short FIRST_VERSION_WITH_IDS = 12;
    private static final short FIRST_VERSION_WITH_OPERATIONS = 8;
    private static final short LAST_VERSION_WITH_CLUSTER_OPERATIONS = 10;

    /** Partitions up to which an answer is made on the event loop: some 0.5 ms. */
    private static final int SMALL_PARTITIONS = 20_000;
    /** How long an answer waits for topics to be created; after that it says that they are unknown as yet. */
    private static final long CREATE_WAIT_MS = 5_000;

    private final ListenerViews views;
    private final Authorizer authorizer;
    private final TopicAutoCreator autoCreator;
    private final BooleanSupplier autoCreate;
    private final Executor background;

    /**
     * @param autoCreator creates the topics that are missing
     * @param autoCreate whether this broker allows that: {@code auto.create.topics.enable}
     * @param background answers requests for so much that an event loop would be held up
     */
    public MetadataHandler(
            ListenerViews views,
            Authorizer authorizer,
            TopicAutoCreator autoCreator,
            BooleanSupplier autoCreate,
            Executor background) {
        this.views = views;
        this.authorizer = authorizer;
        this.autoCreator = autoCreator;
        this.autoCreate = autoCreate;
        this.background = background;
    }

    @Override
    public Executor executorFor(short version, MetadataRequestData request) {
        ClusterImage image = views.image();
        long partitions = image.partitionCount();
        if (partitions > SMALL_PARTITIONS && !wantsAll(version, request)) {
            partitions = 0;
            for (MetadataRequestTopic topic : request.topics()) {
                partitions += find(image, topic).map(TopicImage::partitionCount).orElse(1);
            }
        }
        return partitions > SMALL_PARTITIONS ? background : HERE;
    }

    @Override
    public CompletableFuture<MetadataResponseData> answer(Caller caller, short version, MetadataRequestData request) {
        if (wantsAll(version, request)) {
            return CompletableFuture.completedFuture(allTopics(caller, version, request));
        }
        if (!isValid(version, request)) {
            return CompletableFuture.completedFuture(failure(version, request, Errors.INVALID_REQUEST));
        }
        if (request.topics().stream().anyMatch(topic -> !topic.topicId().equals(Uuid.ZERO_UUID))) {
            return CompletableFuture.completedFuture(topicsById(caller, version, request));
        }
        Set<String> names = new LinkedHashSet<>();
        request.topics().forEach(topic -> names.add(topic.name()));
        Set<String> missing = missingToCreate(caller, request, names);
        if (missing.isEmpty()) {
            return CompletableFuture.completedFuture(topicsByName(caller, version, request, names, Map.of()));
        }
        return autoCreator
                .create(missing)
                .completeOnTimeout(Map.of(), CREATE_WAIT_MS, TimeUnit.MILLISECONDS)
                .thenApply(failures -> topicsByName(caller, version, request, names, failures));
    }

    @Override
    public MetadataResponseData failure(short version, MetadataRequestData request, Errors error) {
        return (MetadataResponseData) new MetadataRequest(request, version)
                .getErrorResponse(0, error.exception())
                .data();
    }

    private static boolean wantsAll(short version, MetadataRequestData request) {
        return request.topics() == null || (version == 0 && request.topics().isEmpty());
    }

    /** Versions 10 and 11 have the fields of a request by id, but not the meaning. */
    private static boolean isValid(short version, MetadataRequestData request) {
        return version >= FIRST_VERSION_WITH_IDS
                ? request.topics().stream()
                        .noneMatch(t -> t.name() == null && t.topicId().equals(Uuid.ZERO_UUID))
                : request.topics().stream()
                        .allMatch(t -> t.name() != null && t.topicId().equals(Uuid.ZERO_UUID));
    }

    private static Optional<TopicImage> find(ClusterImage image, MetadataRequestTopic topic) {
        return topic.name() != null ? image.topic(topic.name()) : image.topic(topic.topicId());
    }

    // ---- all topics

    private MetadataResponseData allTopics(Caller caller, short version, MetadataRequestData request) {
        ListenerView view = views.of(caller.listener());
        List<TopicImage> visible = new ArrayList<>(view.image().topicCount());
        view.image().forEachTopic(topic -> {
            if (mayDescribe(caller, topic.name())) {
                visible.add(topic);
            }
        });
        boolean operations = wantsOperations(version, request);
        return new StreamedMetadataResponse(
                frame(caller, version, request, view), visible.size(), () -> visible.stream()
                        .map(topic -> describe(caller, version, operations, view, topic))
                        .iterator());
    }

    // ---- by id

    private MetadataResponseData topicsById(Caller caller, short version, MetadataRequestData request) {
        ListenerView view = views.of(caller.listener());
        MetadataResponseData response = frame(caller, version, request, view);
        Set<Uuid> ids = new LinkedHashSet<>();
        request.topics().forEach(topic -> ids.add(topic.topicId()));
        ids.remove(Uuid.ZERO_UUID);
        for (Uuid id : ids) {
            Optional<TopicImage> topic = view.image().topic(id);
            if (topic.isEmpty()) {
                response.topics().add(noTopic(Errors.UNKNOWN_TOPIC_ID, null).setTopicId(id));
            } else if (!mayDescribe(caller, topic.get().name())) {
                response.topics()
                        .add(noTopic(Errors.TOPIC_AUTHORIZATION_FAILED, null).setTopicId(id));
            } else {
                response.topics().add(describe(caller, version, wantsOperations(version, request), view, topic.get()));
            }
        }
        return response;
    }

    // ---- by name

    /** The names that do not exist and may be created. */
    private Set<String> missingToCreate(Caller caller, MetadataRequestData request, Collection<String> names) {
        Set<String> missing = new LinkedHashSet<>();
        if (!request.allowAutoTopicCreation() || !autoCreate.getAsBoolean()) {
            return missing;
        }
        ClusterImage image = views.image();
        for (String name : names) {
            if (image.topic(name).isEmpty() && mayDescribe(caller, name) && mayCreate(caller, name)) {
                missing.add(name);
            }
        }
        return missing;
    }

    /**
     * @param failures why names were not created, for those for which it was tried in vain
     */
    private MetadataResponseData topicsByName(
            Caller caller,
            short version,
            MetadataRequestData request,
            Collection<String> names,
            Map<String, Errors> failures) {
        ListenerView view = views.of(caller.listener());
        MetadataResponseData response = frame(caller, version, request, view);
        boolean mayNeedCreation = request.allowAutoTopicCreation() && autoCreate.getAsBoolean();
        for (String name : names) {
            if (!mayDescribe(caller, name)) {
                response.topics().add(noTopic(Errors.TOPIC_AUTHORIZATION_FAILED, name));
                continue;
            }
            Optional<TopicImage> topic = view.image().topic(name);
            if (topic.isPresent()) {
                response.topics().add(describe(caller, version, wantsOperations(version, request), view, topic.get()));
            } else if (mayNeedCreation && !mayCreate(caller, name)) {
                response.topics().add(noTopic(Errors.TOPIC_AUTHORIZATION_FAILED, name));
            } else {
                Errors error = Topic.isValid(name)
                        ? failures.getOrDefault(name, Errors.UNKNOWN_TOPIC_OR_PARTITION)
                        : Errors.INVALID_TOPIC_EXCEPTION;
                response.topics().add(noTopic(error, name).setIsInternal(Topic.isInternal(name)));
            }
        }
        return response;
    }

    // ---- parts of an answer

    /** The answer without topics. */
    private MetadataResponseData frame(Caller caller, short version, MetadataRequestData request, ListenerView view) {
        MetadataResponseData response = new MetadataResponseData()
                .setClusterId(view.image().clusterId())
                .setControllerId(view.controllerId(views.nodeId()));
        for (ListenerView.Node node : view.aliveNodes()) {
            response.brokers()
                    .add(new MetadataResponseBroker()
                            .setNodeId(node.id())
                            .setHost(node.host())
                            .setPort(node.port())
                            .setRack(node.rack()));
        }
        if (version >= FIRST_VERSION_WITH_OPERATIONS
                && version <= LAST_VERSION_WITH_CLUSTER_OPERATIONS
                && request.includeClusterAuthorizedOperations()) {
            response.setClusterAuthorizedOperations(
                    authorizer.allowsOnCluster(caller, AclOperation.DESCRIBE)
                            ? authorizer.allowedOperations(caller, ResourceType.CLUSTER, Authorizer.CLUSTER)
                            : 0);
        }
        return response;
    }

    private MetadataResponseTopic describe(
            Caller caller, short version, boolean operations, ListenerView view, TopicImage topic) {
        MetadataResponseTopic answer = new MetadataResponseTopic()
                .setName(topic.name())
                .setTopicId(topic.id())
                .setIsInternal(topic.internal())
                .setPartitions(new MetadataPartitions(view, topic, version));
        if (operations) {
            answer.setTopicAuthorizedOperations(authorizer.allowedOperations(caller, ResourceType.TOPIC, topic.name()));
        }
        return answer;
    }

    private static MetadataResponseTopic noTopic(Errors error, String name) {
        return new MetadataResponseTopic().setErrorCode(error.code()).setName(name);
    }

    private static boolean wantsOperations(short version, MetadataRequestData request) {
        return version >= FIRST_VERSION_WITH_OPERATIONS && request.includeTopicAuthorizedOperations();
    }

    private boolean mayDescribe(Caller caller, String name) {
        return authorizer.allowsOnTopic(caller, AclOperation.DESCRIBE, name);
    }

    private boolean mayCreate(Caller caller, String name) {
        return authorizer.allowsOnCluster(caller, AclOperation.CREATE)
                || authorizer.allowsOnTopic(caller, AclOperation.CREATE, name);
    }
}
