package io.braid.broker.handler;

import io.braid.broker.security.Caller;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.DescribeAclsRequestData;
import org.apache.kafka.common.message.DescribeAclsResponseData;
import org.apache.kafka.common.protocol.Errors;

/** DescribeAcls on a node without access control: always {@link Errors#SECURITY_DISABLED}, as Kafka answers it. */
public final class DescribeAclsHandler implements AnsweringHandler<DescribeAclsRequestData, DescribeAclsResponseData> {

    @Override
    public CompletableFuture<DescribeAclsResponseData> answer(
            Caller caller, short version, DescribeAclsRequestData request) {
        return CompletableFuture.completedFuture(failure(version, request, Errors.SECURITY_DISABLED));
    }

    @Override
    public DescribeAclsResponseData failure(short version, DescribeAclsRequestData request, Errors error) {
        return new DescribeAclsResponseData().setErrorCode(error.code()).setErrorMessage(messageOf(error));
    }

    static String messageOf(Errors error) {
        return error == Errors.SECURITY_DISABLED ? "No Authorizer is configured." : error.message();
    }
}
