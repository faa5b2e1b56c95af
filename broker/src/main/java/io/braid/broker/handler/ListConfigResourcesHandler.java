package io.braid.broker.handler;

import io.braid.broker.security.Authorizer;
import io.braid.broker.security.Caller;
import io.braid.image.BrokerImage;
import io.braid.image.ClusterImage;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.ListConfigResourcesRequestData;
import org.apache.kafka.common.message.ListConfigResourcesResponseData;
import org.apache.kafka.common.protocol.Errors;

/**
 * ListConfigResources (KIP-1142; version 0 is KIP-714's list of client metrics subscriptions, of which there are none):
 * all topics and brokers, and the groups that have configs.
 */
public final class ListConfigResourcesHandler
        implements AnsweringHandler<ListConfigResourcesRequestData, ListConfigResourcesResponseData> {

    private static final Set<ConfigResource.Type> ALL = EnumSet.complementOf(EnumSet.of(ConfigResource.Type.UNKNOWN));

    private final MetadataSource metadata;
    private final Authorizer authorizer;
    private final Executor background;

    /**
     * @param background makes the answers, which may name all topics
     */
    public ListConfigResourcesHandler(MetadataSource metadata, Authorizer authorizer, Executor background) {
        this.metadata = metadata;
        this.authorizer = authorizer;
        this.background = background;
    }

    @Override
    public Executor executorFor(short version, ListConfigResourcesRequestData request) {
        return background;
    }

    @Override
    public CompletableFuture<ListConfigResourcesResponseData> answer(
            Caller caller, short version, ListConfigResourcesRequestData request) {
        if (!authorizer.allowsOnCluster(caller, AclOperation.DESCRIBE_CONFIGS)) {
            return CompletableFuture.completedFuture(failure(version, request, Errors.CLUSTER_AUTHORIZATION_FAILED));
        }
        Set<ConfigResource.Type> types = types(version, request);
        if (types.contains(ConfigResource.Type.UNKNOWN)) {
            return CompletableFuture.completedFuture(failure(version, request, Errors.UNSUPPORTED_VERSION));
        }
        ListConfigResourcesResponseData response = new ListConfigResourcesResponseData();
        types.forEach(type -> add(response, metadata.image(), type));
        return CompletableFuture.completedFuture(response);
    }

    @Override
    public ListConfigResourcesResponseData failure(
            short version, ListConfigResourcesRequestData request, Errors error) {
        return new ListConfigResourcesResponseData().setErrorCode(error.code());
    }

    private static Set<ConfigResource.Type> types(short version, ListConfigResourcesRequestData request) {
        if (version == 0) {
            return EnumSet.of(ConfigResource.Type.CLIENT_METRICS);
        }
        List<Byte> asked = request.resourceTypes();
        if (asked.isEmpty()) {
            return ALL;
        }
        Set<ConfigResource.Type> types = EnumSet.noneOf(ConfigResource.Type.class);
        asked.forEach(id -> types.add(ConfigResource.Type.forId(id)));
        return types;
    }

    private static void add(ListConfigResourcesResponseData response, ClusterImage image, ConfigResource.Type type) {
        switch (type) {
            case TOPIC -> image.forEachTopic(topic -> add(response, type, topic.name()));
            case BROKER, BROKER_LOGGER -> {
                for (BrokerImage broker : image.brokers()) {
                    add(response, type, Integer.toString(broker.id()));
                }
            }
            default ->
                image.forEachConfig(config -> {
                    if (config.type() == type.id()) {
                        add(response, type, config.name());
                    }
                });
        }
    }

    private static void add(ListConfigResourcesResponseData response, ConfigResource.Type type, String name) {
        response.configResources()
                .add(new ListConfigResourcesResponseData.ConfigResource()
                        .setResourceType(type.id())
                        .setResourceName(name));
    }
}
