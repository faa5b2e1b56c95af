package io.braid.broker.handler;

import io.braid.broker.security.Caller;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.CreateAclsRequestData;
import org.apache.kafka.common.message.CreateAclsResponseData;
import org.apache.kafka.common.message.CreateAclsResponseData.AclCreationResult;
import org.apache.kafka.common.protocol.Errors;

/** CreateAcls on a node without access control: {@link Errors#SECURITY_DISABLED} for each, as Kafka answers it. */
public final class CreateAclsHandler implements AnsweringHandler<CreateAclsRequestData, CreateAclsResponseData> {

    @Override
    public CompletableFuture<CreateAclsResponseData> answer(
            Caller caller, short version, CreateAclsRequestData request) {
        return CompletableFuture.completedFuture(failure(version, request, Errors.SECURITY_DISABLED));
    }

    @Override
    public CreateAclsResponseData failure(short version, CreateAclsRequestData request, Errors error) {
        CreateAclsResponseData response = new CreateAclsResponseData();
        request.creations().forEach(creation -> response.results()
                .add(new AclCreationResult()
                        .setErrorCode(error.code())
                        .setErrorMessage(DescribeAclsHandler.messageOf(error))));
        return response;
    }
}
