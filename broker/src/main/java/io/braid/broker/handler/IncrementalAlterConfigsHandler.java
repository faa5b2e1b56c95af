package io.braid.broker.handler;

import io.braid.broker.handler.ConfigAlterer.Alteration;
import io.braid.broker.handler.ConfigAlterer.Edit;
import io.braid.broker.security.Caller;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData.AlterConfigsResourceResponse;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiError;

/** IncrementalAlterConfigs (KIP-339): sets, unsets, appends to and subtracts from single keys of resources. */
public final class IncrementalAlterConfigsHandler
        implements AnsweringHandler<IncrementalAlterConfigsRequestData, IncrementalAlterConfigsResponseData> {

    private final ConfigAlterer alterer;

    public IncrementalAlterConfigsHandler(ConfigAlterer alterer) {
        this.alterer = alterer;
    }

    @Override
    public CompletableFuture<IncrementalAlterConfigsResponseData> answer(
            Caller caller, short version, IncrementalAlterConfigsRequestData request) {
        List<Alteration> alterations = request.resources().stream()
                .map(resource -> new Alteration(
                        resource.resourceType(),
                        resource.resourceName(),
                        false,
                        resource.configs().stream()
                                .map(config -> new Edit(config.configOperation(), config.name(), config.value()))
                                .toList()))
                .toList();
        return alterer.alter(caller, alterations, request.validateOnly()).thenApply(errors -> {
            IncrementalAlterConfigsResponseData response = new IncrementalAlterConfigsResponseData();
            int next = 0;
            for (AlterConfigsResource resource : request.resources()) {
                response.responses().add(result(resource, errors.get(next++)));
            }
            return response;
        });
    }

    @Override
    public IncrementalAlterConfigsResponseData failure(
            short version, IncrementalAlterConfigsRequestData request, Errors error) {
        IncrementalAlterConfigsResponseData response = new IncrementalAlterConfigsResponseData();
        request.resources().forEach(resource -> response.responses().add(result(resource, new ApiError(error, null))));
        return response;
    }

    private static AlterConfigsResourceResponse result(AlterConfigsResource resource, ApiError error) {
        return new AlterConfigsResourceResponse()
                .setResourceType(resource.resourceType())
                .setResourceName(resource.resourceName())
                .setErrorCode(error.error().code())
                .setErrorMessage(error.isFailure() ? error.messageWithFallback() : null);
    }
}
