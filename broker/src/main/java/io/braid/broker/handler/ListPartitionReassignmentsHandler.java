package io.braid.broker.handler;

import io.braid.broker.security.Authorizer;
import io.braid.broker.security.Caller;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.message.ListPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.ListPartitionReassignmentsResponseData;
import org.apache.kafka.common.protocol.Errors;

/** ListPartitionReassignments: partitions are never reassigned on their own, so there are none. */
public final class ListPartitionReassignmentsHandler
        implements AnsweringHandler<ListPartitionReassignmentsRequestData, ListPartitionReassignmentsResponseData> {

    private final Authorizer authorizer;

    public ListPartitionReassignmentsHandler(Authorizer authorizer) {
        this.authorizer = authorizer;
    }

    @Override
    public CompletableFuture<ListPartitionReassignmentsResponseData> answer(
            Caller caller, short version, ListPartitionReassignmentsRequestData request) {
        return CompletableFuture.completedFuture(
                authorizer.allowsOnCluster(caller, AclOperation.DESCRIBE)
                        ? new ListPartitionReassignmentsResponseData().setErrorMessage(null)
                        : failure(version, request, Errors.CLUSTER_AUTHORIZATION_FAILED));
    }

    @Override
    public ListPartitionReassignmentsResponseData failure(
            short version, ListPartitionReassignmentsRequestData request, Errors error) {
        return new ListPartitionReassignmentsResponseData()
                .setErrorCode(error.code())
                .setErrorMessage(error.message());
    }
}
