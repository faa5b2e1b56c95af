package io.braid.client.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.util.ResourceLeakDetector;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of records when brokers fail, answer late, or refuse. */
class ProducerFailuresTest {
    private ResourceLeakDetector.Level leaks;
    private List<FakeBroker> brokers;

    @BeforeEach
    void start() throws Exception {
        leaks = ResourceLeakDetector.getLevel();
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
        brokers = FakeBroker.cluster(2);
    }

    @AfterEach
    void stop() {
        brokers.forEach(FakeBroker::close);
        ResourceLeakDetector.setLevel(leaks);
    }

    private ProducerBuilder<byte[], Integer> builder() {
        return Producer.<byte[], Integer>builder(
                        brokers.get(0).bootstrap(),
                        Serializer.bytes(),
                        (topic, n) -> ByteBuffer.allocate(4).putInt(n).array())
                .client(c -> c.requestTimeout(Duration.ofMillis(500)));
    }

    private static List<CompletableFuture<RecordMetadata>> send(Producer<byte[], Integer> producer, int from, int to) {
        List<CompletableFuture<RecordMetadata>> sent = new ArrayList<>();
        for (int i = from; i < to; i++) {
            sent.add(producer.send(new ProducerRecord<>("t", null, i)));
        }
        return sent;
    }

    private static void awaitAll(List<CompletableFuture<RecordMetadata>> sent) throws Exception {
        CompletableFuture.allOf(sent.toArray(CompletableFuture[]::new)).get(30, TimeUnit.SECONDS);
    }

    private void expectLog(int records) {
        assertThat(brokers.get(0).partition.log)
                .isEqualTo(java.util.stream.IntStream.range(0, records).boxed().toList());
    }

    @Test
    void aRequestWithoutAnswerIsSentAgainOverAnotherConnection() throws Exception {
        brokers.get(0).script(request -> request == 0 ? null : Errors.NONE);
        try (Producer<byte[], Integer> producer = builder().build()) {
            awaitAll(send(producer, 0, 20));
        }
        expectLog(20);
    }

    @Test
    void errorsThatPassAreNotSeen() throws Exception {
        Errors[] errors = {
            Errors.NOT_ENOUGH_REPLICAS,
            Errors.KAFKA_STORAGE_ERROR,
            Errors.NOT_LEADER_OR_FOLLOWER,
            Errors.CORRUPT_MESSAGE,
            Errors.NONE
        };
        brokers.get(0).script(request -> request < 20 ? errors[request % errors.length] : Errors.NONE);
        try (Producer<byte[], Integer> producer = builder().build()) {
            awaitAll(send(producer, 0, 200));
        }
        expectLog(200);
    }

    @Test
    void aHintLeadsToTheNewLeaderAtOnce() throws Exception {
        brokers.get(0).script(request -> Errors.NOT_LEADER_OR_FOLLOWER);
        brokers.get(0).hint(1);
        try (Producer<byte[], Integer> producer = builder().build()) {
            awaitAll(send(producer, 0, 1));
            awaitAll(send(producer, 1, 50));
        }
        expectLog(50);
        assertThat(brokers.get(0).produced()).as("the old leader is asked once").isEqualTo(1);
    }

    @Test
    void whatIsNotAcknowledgedInTimeFailsAndWhatFollowsGoesOn() throws Exception {
        brokers.get(0).script(request -> Errors.NOT_ENOUGH_REPLICAS);
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        try (Producer<byte[], Integer> producer = builder()
                .deliveryTimeout(Duration.ofSeconds(3))
                .metrics(registry)
                .build()) {
            CompletableFuture<RecordMetadata> late = send(producer, 0, 1).get(0);

            assertThatThrownBy(() -> late.get(20, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .cause()
                    .isInstanceOf(TimeoutException.class)
                    .hasMessageContaining("not acknowledged within 3000 ms")
                    .hasMessageContaining("NotEnoughReplicas");
            assertThat(registry.get("braid.producer.errors").counter().count()).isEqualTo(1);
            assertThat(registry.get("braid.producer.retries").counter().count()).isPositive();
        }
        brokers.get(0).script(request -> Errors.NONE);
        try (Producer<byte[], Integer> producer = builder().build()) {
            awaitAll(send(producer, 0, 10));
        }
        expectLog(10);
    }

    @Test
    void aFinalErrorFailsItsRecordsAndNotTheNext() throws Exception {
        brokers.get(0).script(request -> request == 1 ? Errors.TOPIC_AUTHORIZATION_FAILED : Errors.NONE);
        try (Producer<byte[], Integer> producer = builder().build()) {
            awaitAll(send(producer, 0, 1));
            CompletableFuture<RecordMetadata> refused = send(producer, 100, 101).get(0);
            assertThatThrownBy(() -> refused.get(20, TimeUnit.SECONDS))
                    .cause()
                    .isInstanceOf(TopicAuthorizationException.class);
            awaitAll(send(producer, 1, 10));
        }
        expectLog(10);
    }

    @Test
    void fullMemoryBlocksOrFailsAtOnce() throws Exception {
        brokers.get(0).script(request -> null);
        try (Producer<byte[], Integer> producer = builder()
                .client(c -> c.requestTimeout(Duration.ofSeconds(20)))
                .bufferBytes(256 << 10)
                .maxBlock(Duration.ofMillis(300))
                .build()) {
            assertThat(producer.partitionCount("t")).isEqualTo(1);
            List<CompletableFuture<RecordMetadata>> sent = new ArrayList<>();
            do {
                sent.addAll(send(producer, 0, 1));
                assertThat(producer.bufferedBytes()).isLessThanOrEqualTo(256 << 10);
            } while (!sent.get(sent.size() - 1).isCompletedExceptionally());

            assertThatThrownBy(() -> sent.get(sent.size() - 1).get()).cause().isInstanceOf(BufferFullException.class);
            assertThat(producer.close(Duration.ofMillis(50))).isFalse();
            assertThatThrownBy(() -> sent.get(0).get(10, TimeUnit.SECONDS))
                    .cause()
                    .isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> send(producer, 0, 1)).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void whatCannotBeSentFailsBeforeItIs() {
        try (Producer<byte[], Integer> producer = Producer.<byte[], Integer>builder(
                        brokers.get(0).bootstrap(), Serializer.bytes(), (topic, n) -> {
                            if (n < 0) {
                                throw new IllegalStateException("negative");
                            }
                            return new byte[n];
                        })
                .maxBlock(Duration.ofMillis(300))
                .build()) {
            assertThat(producer.partitionCount("t")).isEqualTo(1);
            assertThat(failure(producer, new ProducerRecord<>("t", null, -1)))
                    .isInstanceOf(SerializationException.class);
            assertThat(failure(producer, new ProducerRecord<>("t", null, 2 << 20)))
                    .isInstanceOf(RecordTooLargeException.class);
            assertThat(failure(producer, new ProducerRecord<>("unknown", null, 1)))
                    .isInstanceOf(TimeoutException.class)
                    .hasMessageContaining("unknown");
            assertThat(failure(producer, new ProducerRecord<>("t", 5, null, 1)))
                    .isInstanceOf(TimeoutException.class)
                    .hasMessageContaining("has no partition 5");
        }
    }

    private static Throwable failure(Producer<byte[], Integer> producer, ProducerRecord<byte[], Integer> record) {
        try {
            producer.send(record).get(20, TimeUnit.SECONDS);
            throw new AssertionError("sent");
        } catch (ExecutionException e) {
            return e.getCause();
        } catch (InterruptedException | java.util.concurrent.TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void bootstrapsAgainWhenAllKnownBrokersAreGone() throws Exception {
        List<FakeBroker> first = FakeBroker.cluster(1);
        String bootstrap = first.get(0).bootstrap() + "," + brokers.get(0).bootstrap();
        try (Producer<byte[], Integer> producer = Producer.<byte[], Integer>builder(
                        bootstrap,
                        Serializer.bytes(),
                        (topic, n) -> ByteBuffer.allocate(4).putInt(n).array())
                .client(c -> c.requestTimeout(Duration.ofMillis(500)))
                .build()) {
            assertThat(producer.partitionCount("t")).isEqualTo(1);
            first.get(0).close();
            awaitAll(send(producer, 0, 10));
        }
        expectLog(10);
    }
}
