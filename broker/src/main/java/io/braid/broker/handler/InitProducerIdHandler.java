package io.braid.broker.handler;

import io.braid.broker.security.Authorizer;
import io.braid.broker.security.Caller;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.InitProducerIdResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.resource.ResourceType;

/**
 * InitProducerId for idempotent producers: a new producer id in epoch 0, also for a producer that shows an id it had.
 *
 * <p>There are no transactions: a transactional id is answered with {@link Errors#UNSUPPORTED_VERSION}, upon which
 * clients give up with a message that the broker does not support it, rather than retry.
 */
public final class InitProducerIdHandler
        implements AnsweringHandler<InitProducerIdRequestData, InitProducerIdResponseData> {

    private final Authorizer authorizer;
    private final ProducerIds ids;

    public InitProducerIdHandler(Authorizer authorizer, ProducerIds ids) {
        this.authorizer = authorizer;
        this.ids = ids;
    }

    @Override
    public CompletableFuture<InitProducerIdResponseData> answer(
            Caller caller, short version, InitProducerIdRequestData request) {
        Errors refusal = refusal(caller, request);
        if (refusal != Errors.NONE) {
            return CompletableFuture.completedFuture(failure(version, request, refusal));
        }
        return ids.next()
                .thenApply(id -> id.isPresent()
                        ? new InitProducerIdResponseData()
                                .setProducerId(id.getAsLong())
                                .setProducerEpoch((short) 0)
                        : failure(version, request, Errors.COORDINATOR_LOAD_IN_PROGRESS));
    }

    @Override
    public InitProducerIdResponseData failure(short version, InitProducerIdRequestData request, Errors error) {
        return new InitProducerIdResponseData()
                .setErrorCode(error.code())
                .setProducerId(RecordBatch.NO_PRODUCER_ID)
                .setProducerEpoch(RecordBatch.NO_PRODUCER_EPOCH);
    }

    private Errors refusal(Caller caller, InitProducerIdRequestData request) {
        String transactionalId = request.transactionalId();
        if (transactionalId != null) {
            if (!authorizer.allows(caller, AclOperation.WRITE, ResourceType.TRANSACTIONAL_ID, transactionalId)) {
                return Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED;
            }
            return transactionalId.isEmpty() ? Errors.INVALID_REQUEST : Errors.UNSUPPORTED_VERSION;
        }
        if (!authorizer.allowsOnCluster(caller, AclOperation.IDEMPOTENT_WRITE)) {
            return Errors.CLUSTER_AUTHORIZATION_FAILED;
        }
        boolean hasId = request.producerId() != RecordBatch.NO_PRODUCER_ID;
        boolean hasEpoch = request.producerEpoch() != RecordBatch.NO_PRODUCER_EPOCH;
        return hasId == hasEpoch ? Errors.NONE : Errors.INVALID_REQUEST;
    }
}
