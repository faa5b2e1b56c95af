package io.braid.broker.handler;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.protocol.network.RequestContext;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.message.DescribeClusterRequestData;
import org.apache.kafka.common.message.DescribeClusterResponseData;
import org.apache.kafka.common.message.ListPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.ListPartitionReassignmentsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

class HandlerTableTest {

    @Test
    void offersWhatHasAHandlerInTheVersionsGiven() {
        HandlerTable table = HandlerTable.builder()
                .kafka(ApiKeys.METADATA, RequestContext::replyNothing)
                .kafka(ApiKeys.INIT_PRODUCER_ID, 1, 6, RequestContext::replyNothing)
                .build();

        assertThat(table.catalog().apis()).hasSize(2);
        assertThat(table.catalog().supports(ApiKeys.METADATA.id, (short) 13)).isTrue();
        assertThat(table.catalog().supports(ApiKeys.INIT_PRODUCER_ID.id, (short) 0))
                .isFalse();
        assertThat(table.catalog().supports(ApiKeys.INIT_PRODUCER_ID.id, (short) 6))
                .isTrue();
        assertThat(table.catalog().supports(ApiKeys.PRODUCE.id, (short) 9)).isFalse();
    }

    @Test
    void callsTheHandlerOfTheKeyAndClosesWhereThereIsNone() {
        Fixture.Replies replies = new Fixture.Replies();
        HandlerTable table = HandlerTable.builder()
                .kafka(
                        ApiKeys.DESCRIBE_CLUSTER,
                        request -> request.reply(new DescribeClusterResponseData().setClusterId("here")))
                .build();

        table.handle(Fixture.context(ApiKeys.DESCRIBE_CLUSTER, (short) 0, new DescribeClusterRequestData(), replies));
        table.handle(Fixture.context(
                ApiKeys.LIST_PARTITION_REASSIGNMENTS, (short) 0, new ListPartitionReassignmentsRequestData(), replies));

        assertThat(replies.answers).hasSize(1);
        assertThat(replies.closed).hasSize(1);
    }

    @Test
    void answersAFaultOfAHandlerWithAnErrorAndATimeoutWithItsOwn() {
        assertThat(errorFor(CompletableFuture.failedFuture(new IllegalStateException("broken on purpose"))))
                .isEqualTo(Errors.UNKNOWN_SERVER_ERROR);
        assertThat(errorFor(CompletableFuture.failedFuture(new TimeoutException())))
                .isEqualTo(Errors.REQUEST_TIMED_OUT);
        assertThat(errorFor(CompletableFuture.failedFuture(Errors.NOT_CONTROLLER.exception())))
                .isEqualTo(Errors.NOT_CONTROLLER);
        assertThat(errorFor(null)).isEqualTo(Errors.UNKNOWN_SERVER_ERROR);
    }

    /** What a client sees of a handler whose answer comes to this; null stands for a handler that throws. */
    private static Errors errorFor(CompletableFuture<ListPartitionReassignmentsResponseData> answer) {
        AnsweringHandler<ListPartitionReassignmentsRequestData, ListPartitionReassignmentsResponseData> handler =
                new AnsweringHandler<>() {
                    @Override
                    public CompletableFuture<ListPartitionReassignmentsResponseData> answer(
                            io.braid.broker.security.Caller caller,
                            short version,
                            ListPartitionReassignmentsRequestData request) {
                        if (answer == null) {
                            throw new IllegalStateException("broken on purpose");
                        }
                        return answer;
                    }

                    @Override
                    public ListPartitionReassignmentsResponseData failure(
                            short version, ListPartitionReassignmentsRequestData request, Errors error) {
                        return new ListPartitionReassignmentsResponseData().setErrorCode(error.code());
                    }
                };
        Fixture.Replies replies = new Fixture.Replies();
        handler.handle(Fixture.context(
                ApiKeys.LIST_PARTITION_REASSIGNMENTS, (short) 0, new ListPartitionReassignmentsRequestData(), replies));
        return Errors.forCode(((ListPartitionReassignmentsResponseData) replies.answers.get(0)).errorCode());
    }
}
