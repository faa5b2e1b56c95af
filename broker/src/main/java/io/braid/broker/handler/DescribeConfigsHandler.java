package io.braid.broker.handler;

import io.braid.broker.config.ConfigEntry;
import io.braid.broker.config.ConfigType;
import io.braid.broker.security.Authorizer;
import io.braid.broker.security.Caller;
import io.braid.image.ClusterImage;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData.DescribeConfigsResource;
import org.apache.kafka.common.message.DescribeConfigsResponseData;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResourceResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsSynonym;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiError;

/** DescribeConfigs of topics, of this broker, of the defaults of all brokers (broker ""), and of groups. */
public final class DescribeConfigsHandler
        implements AnsweringHandler<DescribeConfigsRequestData, DescribeConfigsResponseData> {

    private final MetadataSource metadata;
    private final Authorizer authorizer;
    private final ResourceConfigs configs;

    public DescribeConfigsHandler(MetadataSource metadata, Authorizer authorizer, ResourceConfigs configs) {
        this.metadata = metadata;
        this.authorizer = authorizer;
        this.configs = configs;
    }

    @Override
    public CompletableFuture<DescribeConfigsResponseData> answer(
            Caller caller, short version, DescribeConfigsRequestData request) {
        ClusterImage image = metadata.image();
        DescribeConfigsResponseData response = new DescribeConfigsResponseData();
        for (DescribeConfigsResource asked : request.resources()) {
            ConfigResource resource =
                    new ConfigResource(ConfigResource.Type.forId(asked.resourceType()), asked.resourceName());
            Optional<ApiError> refusal = ConfigAccess.denied(
                            authorizer, caller, AclOperation.DESCRIBE_CONFIGS, resource)
                    .or(() -> configs.refusal(resource))
                    .or(() -> missing(image, resource));
            response.results()
                    .add(refusal.map(error -> failed(asked, error))
                            .orElseGet(() -> described(image, request, asked, resource)));
        }
        return CompletableFuture.completedFuture(response);
    }

    @Override
    public DescribeConfigsResponseData failure(short version, DescribeConfigsRequestData request, Errors error) {
        DescribeConfigsResponseData response = new DescribeConfigsResponseData();
        request.resources().forEach(asked -> response.results().add(failed(asked, new ApiError(error, null))));
        return response;
    }

    private static Optional<ApiError> missing(ClusterImage image, ConfigResource resource) {
        return resource.type() == ConfigResource.Type.TOPIC
                        && image.topic(resource.name()).isEmpty()
                ? Optional.of(ApiError.fromThrowable(Errors.UNKNOWN_TOPIC_OR_PARTITION.exception()))
                : Optional.empty();
    }

    private DescribeConfigsResult described(
            ClusterImage image,
            DescribeConfigsRequestData request,
            DescribeConfigsResource asked,
            ConfigResource resource) {
        Set<String> keys = asked.configurationKeys() == null ? Set.of() : new HashSet<>(asked.configurationKeys());
        List<DescribeConfigsResourceResult> entries = new ArrayList<>();
        for (ConfigEntry entry : configs.describe(image, resource)) {
            if (keys.isEmpty() || keys.contains(entry.name())) {
                entries.add(described(entry, request.includeSynonyms(), request.includeDocumentation()));
            }
        }
        return new DescribeConfigsResult()
                .setResourceType(asked.resourceType())
                .setResourceName(asked.resourceName())
                .setErrorMessage(null)
                .setConfigs(entries);
    }

    private static DescribeConfigsResourceResult described(
            ConfigEntry entry, boolean withSynonyms, boolean withDocumentation) {
        DescribeConfigsResourceResult result = new DescribeConfigsResourceResult()
                .setName(entry.name())
                .setValue(shown(entry, entry.value()))
                .setReadOnly(entry.readOnly())
                .setConfigSource(entry.source().id())
                .setConfigType(entry.key().type().wire().id())
                .setDocumentation(withDocumentation ? entry.key().doc() : null);
        if (withSynonyms) {
            for (ConfigEntry.Synonym synonym : entry.synonyms()) {
                result.synonyms()
                        .add(new DescribeConfigsSynonym()
                                .setName(synonym.name())
                                .setValue(shown(entry, synonym.value()))
                                .setSource(synonym.source().id()));
            }
        }
        return result;
    }

    /** "" means that nothing is set, which is null on the wire, except that a list may be empty. */
    private static String shown(ConfigEntry entry, String value) {
        return value.isEmpty() && entry.key().type().wire() != ConfigType.Wire.LIST ? null : value;
    }

    private static DescribeConfigsResult failed(DescribeConfigsResource asked, ApiError error) {
        return new DescribeConfigsResult()
                .setResourceType(asked.resourceType())
                .setResourceName(asked.resourceName())
                .setErrorCode(error.error().code())
                .setErrorMessage(error.messageWithFallback())
                .setConfigs(List.of());
    }
}
