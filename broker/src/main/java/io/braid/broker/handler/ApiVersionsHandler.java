package io.braid.broker.handler;

import io.braid.broker.security.Caller;
import io.braid.controller.MetadataVersion;
import io.braid.image.ClusterImage;
import io.braid.protocol.ApiCatalog;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.ApiVersionsResponseData.FinalizedFeatureKey;
import org.apache.kafka.common.message.ApiVersionsResponseData.SupportedFeatureKey;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiVersionsRequest;

/**
 * ApiVersions: what this broker speaks, the features it supports and those that the cluster has finalised (KIP-584). A
 * client that says which cluster and node it means to talk to (version 5, KIP-1242) and means another is told to
 * bootstrap again.
 *
 * <p>A version that is not known here does not come so far: the network layer answers it, in the form of version 0.
 */
public final class ApiVersionsHandler implements AnsweringHandler<ApiVersionsRequestData, ApiVersionsResponseData> {

    private static final short FIRST_VERSION_WITH_FEATURES = 3;

    private final ApiCatalog catalog;
    private final int nodeId;
    private final MetadataSource metadata;

    /**
     * @param catalog what the listener speaks
     * @param nodeId this broker
     */
    public ApiVersionsHandler(ApiCatalog catalog, int nodeId, MetadataSource metadata) {
        this.catalog = catalog;
        this.nodeId = nodeId;
        this.metadata = metadata;
    }

    @Override
    public CompletableFuture<ApiVersionsResponseData> answer(
            Caller caller, short version, ApiVersionsRequestData request) {
        if (!new ApiVersionsRequest(request, version).isValid()) {
            return CompletableFuture.completedFuture(failure(version, request, Errors.INVALID_REQUEST));
        }
        ClusterImage image = metadata.image();
        if (isMeantForAnother(image, request)) {
            return CompletableFuture.completedFuture(failure(version, request, Errors.REBOOTSTRAP_REQUIRED));
        }
        ApiVersionsResponseData response = catalog.apiVersionsResponse();
        if (version >= FIRST_VERSION_WITH_FEATURES) {
            addFeatures(response, image);
        }
        return CompletableFuture.completedFuture(response);
    }

    @Override
    public ApiVersionsResponseData failure(short version, ApiVersionsRequestData request, Errors error) {
        return new ApiVersionsResponseData().setErrorCode(error.code());
    }

    private boolean isMeantForAnother(ClusterImage image, ApiVersionsRequestData request) {
        boolean otherCluster = request.clusterId() != null
                && !image.clusterId().isEmpty()
                && !request.clusterId().equals(image.clusterId());
        return otherCluster || (request.nodeId() != -1 && request.nodeId() != nodeId);
    }

    private static void addFeatures(ApiVersionsResponseData response, ClusterImage image) {
        response.supportedFeatures()
                .add(new SupportedFeatureKey()
                        .setName(MetadataVersion.FEATURE)
                        .setMinVersion(MetadataVersion.MIN)
                        .setMaxVersion(MetadataVersion.LATEST));
        if (image.metadataVersion() > 0) {
            response.setFinalizedFeaturesEpoch(image.version());
            response.finalizedFeatures()
                    .add(new FinalizedFeatureKey()
                            .setName(MetadataVersion.FEATURE)
                            .setMinVersionLevel(image.metadataVersion())
                            .setMaxVersionLevel(image.metadataVersion()));
        }
    }
}
