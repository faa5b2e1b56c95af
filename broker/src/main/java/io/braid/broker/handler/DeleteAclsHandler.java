package io.braid.broker.handler;

import io.braid.broker.security.Caller;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.DeleteAclsRequestData;
import org.apache.kafka.common.message.DeleteAclsResponseData;
import org.apache.kafka.common.message.DeleteAclsResponseData.DeleteAclsFilterResult;
import org.apache.kafka.common.protocol.Errors;

/** DeleteAcls on a node without access control: {@link Errors#SECURITY_DISABLED} for each, as Kafka answers it. */
public final class DeleteAclsHandler implements AnsweringHandler<DeleteAclsRequestData, DeleteAclsResponseData> {

    @Override
    public CompletableFuture<DeleteAclsResponseData> answer(
            Caller caller, short version, DeleteAclsRequestData request) {
        return CompletableFuture.completedFuture(failure(version, request, Errors.SECURITY_DISABLED));
    }

    @Override
    public DeleteAclsResponseData failure(short version, DeleteAclsRequestData request, Errors error) {
        DeleteAclsResponseData response = new DeleteAclsResponseData();
        request.filters().forEach(filter -> response.filterResults()
                .add(new DeleteAclsFilterResult()
                        .setErrorCode(error.code())
                        .setErrorMessage(DescribeAclsHandler.messageOf(error))));
        return response;
    }
}
