package io.braid.broker.operate;

import io.braid.broker.handler.AnsweringHandler;
import io.braid.broker.handler.MetadataSource;
import io.braid.broker.security.Authorizer;
import io.braid.broker.security.Caller;
import io.braid.controller.Command;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.message.UnregisterBrokerRequestData;
import org.apache.kafka.common.message.UnregisterBrokerResponseData;
import org.apache.kafka.common.protocol.Errors;

/** UnregisterBroker (KIP-631): refused while the broker runs or holds replicas, which Kafka does not ask. */
public final class UnregisterBrokerHandler
        implements AnsweringHandler<UnregisterBrokerRequestData, UnregisterBrokerResponseData> {
    private final MetadataSource metadata;
    private final Authorizer authorizer;

    public UnregisterBrokerHandler(MetadataSource metadata, Authorizer authorizer) {
        this.metadata = metadata;
        this.authorizer = authorizer;
    }

    @Override
    public CompletableFuture<UnregisterBrokerResponseData> answer(
            Caller caller, short version, UnregisterBrokerRequestData request) {
        if (!authorizer.allowsOnCluster(caller, AclOperation.ALTER)) {
            return CompletableFuture.completedFuture(failure(version, request, Errors.CLUSTER_AUTHORIZATION_FAILED));
        }
        return metadata.submit(new Command.UnregisterBroker(request.brokerId()))
                .thenApply(result -> new UnregisterBrokerResponseData()
                        .setErrorCode(result.error().code())
                        .setErrorMessage(result.ok() ? null : result.message()));
    }

    @Override
    public UnregisterBrokerResponseData failure(short version, UnregisterBrokerRequestData request, Errors error) {
        return new UnregisterBrokerResponseData().setErrorCode(error.code()).setErrorMessage(error.message());
    }
}
