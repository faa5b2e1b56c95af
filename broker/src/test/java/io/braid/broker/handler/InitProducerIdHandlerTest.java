package io.braid.broker.handler;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.controller.Command;
import io.braid.controller.CommandResult;
import io.braid.image.ClusterImage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.InitProducerIdResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class InitProducerIdHandlerTest {

    private final Fixture cluster = new Fixture();

    @Test
    void givesANewIdInEpoch0InEveryVersion() {
        Set<Long> ids = new HashSet<>();
        for (int version = 0; version <= 6; version++) {
            InitProducerIdResponseData answer = ask(version, new InitProducerIdRequestData().setTransactionalId(null));
            assertThat(answer.errorCode()).isZero();
            assertThat(answer.producerEpoch()).isZero();
            assertThat(ids.add(answer.producerId())).isTrue();
        }
    }

    @Test
    void givesANewIdAlsoToAProducerThatHadOne() {
        InitProducerIdRequestData request = new InitProducerIdRequestData()
                .setTransactionalId(null)
                .setProducerId(5)
                .setProducerEpoch((short) 2);

        InitProducerIdResponseData answer = ask(5, request);
        assertThat(answer.errorCode()).isZero();
        assertThat(answer.producerEpoch()).isZero();
    }

    @Test
    void refusesTransactionsAndHalfAnId() {
        assertThat(error(new InitProducerIdRequestData().setTransactionalId("tx")))
                .isEqualTo(Errors.UNSUPPORTED_VERSION);
        assertThat(error(new InitProducerIdRequestData().setTransactionalId("")))
                .isEqualTo(Errors.INVALID_REQUEST);
        assertThat(error(
                        new InitProducerIdRequestData().setTransactionalId(null).setProducerId(5)))
                .isEqualTo(Errors.INVALID_REQUEST);
        assertThat(error(
                        new InitProducerIdRequestData().setTransactionalId(null).setProducerEpoch((short) 5)))
                .isEqualTo(Errors.INVALID_REQUEST);
    }

    @Test
    void refusesCallersWithoutTheRight() {
        cluster.authorizer = (caller, operation, type, name) -> operation == AclOperation.DESCRIBE;

        assertThat(error(new InitProducerIdRequestData().setTransactionalId(null)))
                .isEqualTo(Errors.CLUSTER_AUTHORIZATION_FAILED);
        assertThat(error(new InitProducerIdRequestData().setTransactionalId("tx")))
                .isEqualTo(Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED);
    }

    private InitProducerIdResponseData ask(int version, InitProducerIdRequestData request) {
        return cluster.send(ApiKeys.INIT_PRODUCER_ID, version, request);
    }

    private Errors error(InitProducerIdRequestData request) {
        InitProducerIdResponseData answer = ask(5, request);
        assertThat(answer.producerId()).isEqualTo(-1);
        assertThat(answer.producerEpoch()).isEqualTo((short) -1);
        return Errors.forCode(answer.errorCode());
    }

    @Nested
    class Blocks {

        private final SlowQuorum quorum = new SlowQuorum();
        private final ProducerIds ids = new ProducerIds(Fixture.NODE, quorum);

        @Test
        void neverGiveAnIdTwice() {
            Set<Long> seen = new HashSet<>();
            for (int i = 0; i < 5_000; i++) {
                CompletableFuture<OptionalLong> id = ids.next();
                quorum.answerAll();
                assertThat(seen.add(id.join().getAsLong())).isTrue();
            }
            assertThat(quorum.asked).isBetween(5, 7);
        }

        @Test
        void areFetchedAhead() {
            CompletableFuture<OptionalLong> first = ids.next();
            assertThat(first).isNotDone();
            quorum.answerAll();
            assertThat(first).isDone();
            for (int i = 0; i < 999; i++) {
                assertThat(ids.next()).as("id %d", i).isDone();
            }
            assertThat(quorum.asked).isEqualTo(2);
            assertThat(ids.next()).isNotDone();
        }

        @Test
        void serveThoseWhoWaitInTheirOrderAlsoWhenOneBlockIsNotEnough() {
            List<CompletableFuture<OptionalLong>> waiting = new ArrayList<>();
            for (int i = 0; i < 2_500; i++) {
                waiting.add(ids.next());
            }
            assertThat(quorum.asked).isEqualTo(1);
            quorum.answerAll();
            assertThat(waiting).allMatch(CompletableFuture::isDone);
            assertThat(waiting.stream().map(id -> id.join().getAsLong()).toList())
                    .isSorted();
        }

        @Test
        void sendThoseWhoWaitAwayWhenTheQuorumFailsAndAskAgainLater() {
            CompletableFuture<OptionalLong> first = ids.next();
            quorum.failOne();
            assertThat(first.join()).isEmpty();
            CompletableFuture<OptionalLong> second = ids.next();
            quorum.answerAll();
            assertThat(second.join()).isPresent();
        }

        @Test
        void letAtMostTenThousandWait() {
            List<CompletableFuture<OptionalLong>> waiting = new ArrayList<>();
            for (int i = 0; i < 10_001; i++) {
                waiting.add(ids.next());
            }
            assertThat(waiting.get(10_000).join()).isEmpty();
            assertThat(waiting.get(9_999)).isNotDone();
        }
    }

    /** Answers only when the test says so. */
    private final class SlowQuorum implements MetadataSource {
        private final Queue<Runnable> open = new ArrayDeque<>();
        private final Queue<CompletableFuture<CommandResult>> results = new ArrayDeque<>();
        private int asked;

        @Override
        public ClusterImage image() {
            return cluster.image();
        }

        @Override
        public CompletableFuture<CommandResult> submit(Command command) {
            asked++;
            CompletableFuture<CommandResult> result = new CompletableFuture<>();
            results.add(result);
            open.add(() -> result.complete(cluster.submit(command).join()));
            return result;
        }

        void answerAll() {
            while (!open.isEmpty()) {
                results.remove();
                open.remove().run();
            }
        }

        void failOne() {
            open.remove();
            results.remove().complete(CommandResult.failed(Errors.REQUEST_TIMED_OUT, ""));
        }
    }
}
