package io.braid.broker.operate;

import io.braid.broker.handler.AnsweringHandler;
import io.braid.broker.handler.Deadline;
import io.braid.broker.handler.MetadataSource;
import io.braid.broker.security.Authorizer;
import io.braid.broker.security.Caller;
import io.braid.controller.Command;
import io.braid.controller.CommandResult;
import io.braid.controller.MetadataVersion;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.message.UpdateFeaturesRequestData;
import org.apache.kafka.common.message.UpdateFeaturesRequestData.FeatureUpdateKey;
import org.apache.kafka.common.message.UpdateFeaturesResponseData;
import org.apache.kafka.common.message.UpdateFeaturesResponseData.UpdatableFeatureResult;
import org.apache.kafka.common.protocol.Errors;

/**
 * UpdateFeatures (KIP-584, KIP-1022). There is one feature, {@code metadata.version}, and it only rises. All updates of a
 * request succeed or none does.
 */
public final class UpdateFeaturesHandler
        implements AnsweringHandler<UpdateFeaturesRequestData, UpdateFeaturesResponseData> {
    /** From here on a request may only be validated, and the answer has no results of single features. */
    private static final short FIRST_VERSION_WITHOUT_RESULTS = 2;

    private final MetadataSource metadata;
    private final Authorizer authorizer;

    public UpdateFeaturesHandler(MetadataSource metadata, Authorizer authorizer) {
        this.metadata = metadata;
        this.authorizer = authorizer;
    }

    @Override
    public CompletableFuture<UpdateFeaturesResponseData> answer(
            Caller caller, short version, UpdateFeaturesRequestData request) {
        if (!authorizer.allowsOnCluster(caller, AclOperation.ALTER)) {
            return CompletableFuture.completedFuture(failure(version, request, Errors.CLUSTER_AUTHORIZATION_FAILED));
        }
        for (FeatureUpdateKey update : request.featureUpdates()) {
            if (!update.feature().equals(MetadataVersion.FEATURE)) {
                return CompletableFuture.completedFuture(response(
                        version,
                        request,
                        Errors.FEATURE_UPDATE_FAILED,
                        "there is no feature " + update.feature() + ", only " + MetadataVersion.FEATURE));
            }
        }
        if (request.featureUpdates().isEmpty()) {
            return CompletableFuture.completedFuture(
                    response(version, request, Errors.INVALID_REQUEST, "no feature is named"));
        }
        short level = request.featureUpdates().iterator().next().maxVersionLevel();
        Command.RaiseMetadataVersion raise = new Command.RaiseMetadataVersion(level, request.validateOnly());
        CompletableFuture<CommandResult> raised = Deadline.within(request.timeoutMs(), metadata.submit(raise));
        return raised.thenApply(result -> response(version, request, result.error(), result.message()));
    }

    @Override
    public UpdateFeaturesResponseData failure(short version, UpdateFeaturesRequestData request, Errors error) {
        return response(version, request, error, error.message());
    }

    private static UpdateFeaturesResponseData response(
            short version, UpdateFeaturesRequestData request, Errors error, String message) {
        UpdateFeaturesResponseData response = new UpdateFeaturesResponseData()
                .setErrorCode(error.code())
                .setErrorMessage(error == Errors.NONE ? null : message);
        if (version < FIRST_VERSION_WITHOUT_RESULTS) {
            request.featureUpdates().forEach(update -> response.results()
                    .add(new UpdatableFeatureResult()
                            .setFeature(update.feature())
                            .setErrorCode(error.code())
                            .setErrorMessage(error == Errors.NONE ? null : message)));
        }
        return response;
    }
}
