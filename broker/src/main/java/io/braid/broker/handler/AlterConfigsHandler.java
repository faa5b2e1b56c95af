package io.braid.broker.handler;

import io.braid.broker.handler.ConfigAlterer.Alteration;
import io.braid.broker.handler.ConfigAlterer.Edit;
import io.braid.broker.security.Caller;
import io.braid.controller.ConfigChange;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.message.AlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.AlterConfigsResponseData;
import org.apache.kafka.common.message.AlterConfigsResponseData.AlterConfigsResourceResponse;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiError;

/** AlterConfigs, the older form: gives each resource exactly the configs named, and unsets all others. */
public final class AlterConfigsHandler implements AnsweringHandler<AlterConfigsRequestData, AlterConfigsResponseData> {

    private final ConfigAlterer alterer;

    public AlterConfigsHandler(ConfigAlterer alterer) {
        this.alterer = alterer;
    }

    @Override
    public CompletableFuture<AlterConfigsResponseData> answer(
            Caller caller, short version, AlterConfigsRequestData request) {
        List<Alteration> alterations = request.resources().stream()
                .map(resource -> new Alteration(
                        resource.resourceType(),
                        resource.resourceName(),
                        true,
                        resource.configs().stream()
                                .map(config -> new Edit(ConfigChange.Kind.SET.id(), config.name(), config.value()))
                                .toList()))
                .toList();
        return alterer.alter(caller, alterations, request.validateOnly()).thenApply(errors -> {
            AlterConfigsResponseData response = new AlterConfigsResponseData();
            int next = 0;
            for (AlterConfigsResource resource : request.resources()) {
                response.responses().add(result(resource, errors.get(next++)));
            }
            return response;
        });
    }

    @Override
    public AlterConfigsResponseData failure(short version, AlterConfigsRequestData request, Errors error) {
        AlterConfigsResponseData response = new AlterConfigsResponseData();
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
