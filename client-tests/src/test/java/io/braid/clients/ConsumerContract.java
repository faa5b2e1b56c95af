package io.braid.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.braid.client.RecordHeader;
import io.braid.client.consumer.Consumer;
import io.braid.client.consumer.ConsumerBuilder;
import io.braid.client.consumer.ConsumerInterceptor;
import io.braid.client.consumer.ConsumerRecord;
import io.braid.client.consumer.ConsumerRecords;
import io.braid.client.consumer.Deserializer;
import io.braid.client.consumer.HandlerOptions;
import io.braid.client.consumer.OffsetReset;
import io.braid.client.consumer.PartitionSet;
import io.braid.client.consumer.RebalanceListener;
import io.braid.client.consumer.RecordHandler;
import io.braid.client.consumer.UnreadableRecordException;
import io.braid.client.consumer.group.GroupProtocol;
import io.braid.client.producer.CompressionCodec;
import io.braid.client.producer.Producer;
import io.braid.client.producer.ProducerRecord;
import io.braid.client.producer.RecordMetadata;
import io.braid.client.producer.Serializer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.NoOffsetForPartitionException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

/** What the consumer does on any broker. */
abstract class ConsumerContract {
    private static final Duration SOON = Duration.ofMillis(100);
    private static final long PATIENCE_NS = 40_000_000_000L;

    abstract String bootstrap();

    private ConsumerBuilder<String, String> builder() {
        return Consumer.builder(bootstrap(), Deserializer.string(), Deserializer.string())
                .offsetReset(OffsetReset.earliest());
    }

    private static Collection<TopicPartition> partitions(String topic, int count) {
        return IntStream.range(0, count)
                .mapToObj(p -> new TopicPartition(topic, p))
                .toList();
    }

    /** Value i goes to partition i mod the number of partitions. */
    private void fill(String topic, int partitions, int from, int to, CompressionCodec codec) {
        try (Producer<String, String> producer = Producer.builder(bootstrap(), Serializer.string(), Serializer.string())
                .compression(codec)
                .batchBytes(4096)
                .build()) {
            List<CompletableFuture<RecordMetadata>> sent = new ArrayList<>();
            for (int i = from; i < to; i++) {
                sent.add(producer.send(new ProducerRecord<>(topic, i % partitions, "key-" + i, "value-" + i)));
            }
            producer.flush();
            sent.forEach(CompletableFuture::join);
        }
    }

    private void createAndFill(String topic, int partitions, int records) throws Exception {
        RoundTrips.createTopic(bootstrap(), topic, partitions, Map.of());
        fill(topic, partitions, 0, records, CompressionCodec.NONE);
    }

    private static List<ConsumerRecord<String, String>> read(Consumer<String, String> consumer, int count) {
        List<ConsumerRecord<String, String>> read = new ArrayList<>();
        await(
                () -> {
                    consumer.poll(SOON).forEach(read::add);
                    return read.size() >= count;
                },
                () -> "only " + read.size() + " of " + count);
        return read;
    }

    private static void await(BooleanSupplier condition, Supplier<String> otherwise) {
        long startNs = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - startNs > PATIENCE_NS) {
                throw new AssertionError(otherwise.get());
            }
            LockSupport.parkNanos(1_000_000);
        }
    }

    /** Every value from..to of a topic that {@link #fill} filled is there once, in its partition's order. */
    private static void assertInOrder(List<ConsumerRecord<String, String>> read, int partitions, int from, int to) {
        Map<Integer, List<String>> byPartition = new HashMap<>();
        read.forEach(record -> byPartition
                .computeIfAbsent(record.partition(), p -> new ArrayList<>())
                .add(record.value()));
        for (int p = 0; p < partitions; p++) {
            int partition = p;
            assertThat(byPartition.getOrDefault(p, List.of()))
                    .as("partition %d", p)
                    .isEqualTo(IntStream.range(from, to)
                            .filter(i -> i % partitions == partition)
                            .mapToObj(i -> "value-" + i)
                            .toList());
        }
    }

    // ---- by assignment

    @Test
    void readsWhatWasProducedWithEveryCodec() throws Exception {
        for (CompressionCodec codec : CompressionCodec.values()) {
            String topic = "codec-" + codec;
            RoundTrips.createTopic(bootstrap(), topic, 3, Map.of());
            fill(topic, 3, 0, 3000, codec);
            try (Consumer<String, String> consumer = builder().build()) {
                consumer.assign(partitions(topic, 3));

                List<ConsumerRecord<String, String>> read = read(consumer, 3000);

                assertInOrder(read, 3, 0, 3000);
                ConsumerRecord<String, String> last = read.get(read.size() - 1);
                assertThat(last.key()).isEqualTo("key-" + last.value().substring("value-".length()));
                assertThat(last.offset()).isEqualTo(999);
                assertThat(last.timestampMs()).isPositive();
            }
        }
    }

    @Test
    void handsOverKeysHeadersAndTombstonesAsTheyWereSent() throws Exception {
        RoundTrips.createTopic(bootstrap(), "headers", 1, Map.of());
        byte[] bytes = {1, 2, 3};
        try (Producer<String, String> producer = Producer.builder(bootstrap(), Serializer.string(), Serializer.string())
                .build()) {
            producer.send(new ProducerRecord<>(
                            "headers",
                            OptionalInt.of(0),
                            OptionalLong.of(12_345),
                            null,
                            null,
                            List.of(new RecordHeader("a", bytes), new RecordHeader("none", null))))
                    .get(20, TimeUnit.SECONDS);
        }
        try (Consumer<String, String> consumer = builder().build()) {
            consumer.assign(partitions("headers", 1));

            ConsumerRecord<String, String> record = read(consumer, 1).get(0);

            assertThat(record.key()).isNull();
            assertThat(record.value()).isNull();
            assertThat(record.timestampMs()).isEqualTo(12_345);
            assertThat(record.headers()).extracting(RecordHeader::key).containsExactly("a", "none");
            assertThat(record.headers().get(0).value()).isEqualTo(bytes);
            assertThat(record.headers().get(1).value()).isNull();
        }
    }

    @Test
    void readsWhatIsWrittenWhileItWaits() throws Exception {
        RoundTrips.createTopic(bootstrap(), "live", 4, Map.of());
        try (Consumer<String, String> consumer = builder().build()) {
            consumer.assign(partitions("live", 4));
            assertThat(consumer.poll(SOON).isEmpty()).isTrue();
            fill("live", 4, 0, 400, CompressionCodec.NONE);
            assertInOrder(read(consumer, 400), 4, 0, 400);
            fill("live", 4, 400, 500, CompressionCodec.LZ4);
            assertInOrder(read(consumer, 100), 4, 400, 500);
        }
    }

    @Test
    void aPollHasNoMoreThanItIsTold() throws Exception {
        createAndFill("few", 2, 1000);
        try (Consumer<String, String> consumer = builder().maxPollRecords(7).build()) {
            consumer.assign(partitions("few", 2));
            List<ConsumerRecord<String, String>> read = new ArrayList<>();
            await(
                    () -> {
                        ConsumerRecords<String, String> records = consumer.poll(SOON);
                        assertThat(records.count()).isLessThanOrEqualTo(7);
                        records.forEach(read::add);
                        return read.size() == 1000;
                    },
                    () -> "only " + read.size());
            assertInOrder(read, 2, 0, 1000);
        }
    }

    @Test
    void littleMemoryIsEnoughForMuchData() throws Exception {
        createAndFill("much", 8, 20_000);
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        try (Consumer<String, String> consumer = builder()
                .prefetchBytes(64 << 10)
                .fetchMaxBytes(8 << 10)
                .partitionMaxBytes(4 << 10)
                .metrics(registry)
                .build()) {
            consumer.assign(partitions("much", 8));
            List<ConsumerRecord<String, String>> read = read(consumer, 20_000);
            assertInOrder(read, 8, 0, 20_000);
            assertThat(registry.get("braid.consumer.buffer.held").gauge().value())
                    .isLessThanOrEqualTo(64 << 10);
            assertThat(registry.get("braid.consumer.records").counter().count()).isEqualTo(20_000);
        }
    }

    @Test
    void newAssignmentsKeepWhatStays() throws Exception {
        createAndFill("reassigned", 3, 300);
        try (Consumer<String, String> consumer = builder().build()) {
            consumer.assign(PartitionSet.range("reassigned", Uuid.ZERO_UUID, 0, 2));
            read(consumer, 200);
            consumer.assign(PartitionSet.range("reassigned", Uuid.ZERO_UUID, 1, 3));
            assertThat(read(consumer, 100)).allMatch(record -> record.partition() == 2);
            assertThat(consumer.assignment().toString()).isEqualTo("reassigned[1-2]");
            assertThat(consumer.position(new TopicPartition("reassigned", 1))).isEqualTo(100);
            assertThatThrownBy(() -> consumer.position(new TopicPartition("reassigned", 0)))
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    /** Brokers keep a session for what is fetched, and clients a table of the topics in use: both must hear of it. */
    @Test
    void whatIsGivenUpAndAssignedAgainIsReadOn() throws Exception {
        createAndFill("again", 2, 200);
        createAndFill("between", 1, 10);
        try (Consumer<String, String> consumer = builder().build()) {
            for (int round = 0; round < 3; round++) {
                consumer.assign(partitions("again", 2));
                assertInOrder(read(consumer, 200), 2, 0, 200);
                consumer.assign(List.of());
                consumer.poll(SOON);
            }
            consumer.assign(partitions("again", 2));
            consumer.assign(partitions("between", 1));
            consumer.assign(partitions("again", 2));
            assertInOrder(read(consumer, 200), 2, 0, 200);
            fill("again", 2, 200, 300, CompressionCodec.NONE);
            assertInOrder(read(consumer, 100), 2, 200, 300);
        }
    }

    // ---- positions

    @Test
    void seeksToOffsetsEndsAndTimes() throws Exception {
        RoundTrips.createTopic(bootstrap(), "sought", 1, Map.of());
        TopicPartition at = new TopicPartition("sought", 0);
        try (Producer<String, String> producer = Producer.builder(bootstrap(), Serializer.string(), Serializer.string())
                .build()) {
            List<CompletableFuture<RecordMetadata>> sent = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                sent.add(producer.send(new ProducerRecord<>(
                        "sought", OptionalInt.of(0), OptionalLong.of(1_000L * i), null, "value-" + i, List.of())));
            }
            producer.flush();
            sent.forEach(CompletableFuture::join);
        }
        try (Consumer<String, String> consumer = builder().build()) {
            assertThat(consumer.partitionCount("sought")).isEqualTo(1);
            assertThat(consumer.beginningOffsets(List.of(at))).containsEntry(at, 0L);
            assertThat(consumer.endOffsets(List.of(at))).containsEntry(at, 100L);
            assertThat(consumer.offsetsForTimes(Map.of(at, 41_500L)).get(at).offset())
                    .isEqualTo(42);
            assertThat(consumer.offsetsForTimes(Map.of(at, 100_000_000L))).isEmpty();

            consumer.assign(List.of(at));
            consumer.seek(at, 90);
            assertThat(read(consumer, 10))
                    .extracting(ConsumerRecord::offset)
                    .first()
                    .isEqualTo(90L);
            assertThat(consumer.lag(at)).hasValue(0);
            consumer.seekToBeginning(List.of(at));
            assertThat(read(consumer, 100))
                    .extracting(ConsumerRecord::offset)
                    .first()
                    .isEqualTo(0L);
            consumer.seekToEnd(List.of(at));
            assertThat(consumer.position(at)).isEqualTo(100);
            consumer.seek(at, new OffsetAndMetadata(50, Optional.of(0), ""));
            assertThat(read(consumer, 50))
                    .extracting(ConsumerRecord::offset)
                    .first()
                    .isEqualTo(50L);
        }
    }

    @Test
    void pausedPartitionsAreNotRead() throws Exception {
        createAndFill("paused", 2, 200);
        TopicPartition still = new TopicPartition("paused", 0);
        try (Consumer<String, String> consumer = builder().maxPollRecords(10).build()) {
            consumer.assign(partitions("paused", 2));
            List<ConsumerRecord<String, String>> first = read(consumer, 1);
            consumer.pause(List.of(still));
            assertThat(consumer.paused().toString()).isEqualTo("paused[0]");
            List<ConsumerRecord<String, String>> other = new ArrayList<>(first);
            other.removeIf(record -> record.partition() == 0);
            while (other.size() < 100) {
                ConsumerRecords<String, String> records = consumer.poll(SOON);
                assertThat(records.records(still)).isEmpty();
                records.forEach(other::add);
            }
            consumer.resume(List.of(still));
            List<ConsumerRecord<String, String>> all = new ArrayList<>(first);
            all.removeIf(record -> record.partition() == 1);
            all.addAll(read(consumer, 100 - all.size()));
            all.addAll(other);
            assertInOrder(all, 2, 0, 200);
        }
    }

    @Test
    void resetsAsItIsTold() throws Exception {
        createAndFill("reset", 1, 100);
        TopicPartition at = new TopicPartition("reset", 0);
        try (Consumer<String, String> consumer =
                builder().offsetReset(OffsetReset.latest()).build()) {
            consumer.assign(List.of(at));
            assertThat(consumer.position(at)).isEqualTo(100);
            consumer.seek(at, 500); // not in the log
            await(() -> consumer.poll(SOON).isEmpty() && consumer.position(at) == 100, () -> "not reset");
        }
        try (Consumer<String, String> consumer = builder()
                .offsetReset(OffsetReset.byDuration(Duration.ofHours(1)))
                .build()) {
            consumer.assign(List.of(at));
            assertThat(consumer.position(at)).isZero();
        }
        try (Consumer<String, String> consumer =
                builder().offsetReset(OffsetReset.none()).build()) {
            consumer.assign(List.of(at));
            assertThatThrownBy(() -> read(consumer, 1)).isInstanceOf(NoOffsetForPartitionException.class);
            consumer.seek(at, 500);
            assertThatThrownBy(() -> read(consumer, 1)).isInstanceOf(OffsetOutOfRangeException.class);
            consumer.seek(at, 98);
            assertThat(read(consumer, 2)).hasSize(2);
        }
    }

    @Test
    void whatADeserializerRefusesCanBePassedOver() throws Exception {
        createAndFill("refused", 1, 20);
        TopicPartition at = new TopicPartition("refused", 0);
        Deserializer<String> picky = (topic, data) -> {
            String text = StandardCharsets.UTF_8.decode(data).toString();
            if (text.equals("value-7")) {
                throw new IllegalArgumentException("not this one");
            }
            return text;
        };
        try (Consumer<String, String> consumer = Consumer.builder(bootstrap(), Deserializer.string(), picky)
                .offsetReset(OffsetReset.earliest())
                .build()) {
            consumer.assign(List.of(at));
            List<ConsumerRecord<String, String>> read = read(consumer, 7);
            assertThat(read).hasSize(7);
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> consumer.poll(Duration.ofSeconds(20)))
                        .isInstanceOfSatisfying(UnreadableRecordException.class, e -> {
                            assertThat(e.topicPartition()).isEqualTo(at);
                            assertThat(e.offset()).isEqualTo(7);
                            assertThat(e.nextOffset()).isEqualTo(8);
                        });
            }
            consumer.seek(at, 8);
            assertThat(read(consumer, 12))
                    .extracting(ConsumerRecord::offset)
                    .first()
                    .isEqualTo(8L);
        }
    }

    @Test
    void aPollEndsWhenItIsWokenUp() throws Exception {
        RoundTrips.createTopic(bootstrap(), "silent", 1, Map.of());
        try (Consumer<String, String> consumer = builder().build()) {
            consumer.assign(partitions("silent", 1));
            consumer.wakeup();
            assertThat(consumer.poll(Duration.ofDays(1)).isEmpty()).isTrue();
        }
    }

    @Test
    void readCommittedPassesOverNothingWhereThereAreNoTransactions() throws Exception {
        createAndFill("committed", 2, 200);
        try (Consumer<String, String> consumer =
                builder().isolation(IsolationLevel.READ_COMMITTED).build()) {
            consumer.assign(partitions("committed", 2));
            assertInOrder(read(consumer, 200), 2, 0, 200);
        }
    }

    // ---- commits and groups

    @Test
    void commitsOfAnAssignedConsumerAreWhereTheNextBegins() throws Exception {
        createAndFill("commits", 2, 100);
        TopicPartition first = new TopicPartition("commits", 0);
        List<Map<TopicPartition, OffsetAndMetadata>> seen = Collections.synchronizedList(new ArrayList<>());
        ConsumerInterceptor<String, String> interceptor = new ConsumerInterceptor<>() {
            @Override
            public void onCommit(Map<TopicPartition, OffsetAndMetadata> offsets) {
                seen.add(offsets);
            }
        };
        try (Consumer<String, String> consumer = builder()
                .group("assigned")
                .autoCommit(false)
                .interceptor(interceptor)
                .build()) {
            consumer.assign(partitions("commits", 2));
            read(consumer, 100);
            consumer.commit(Map.of(first, new OffsetAndMetadata(30)));
            assertThat(consumer.committed(partitions("commits", 2))).containsOnlyKeys(first);
            consumer.commit();
            assertThat(consumer.committed(partitions("commits", 2))).hasSize(2);
            assertThat(seen).hasSize(2);
            consumer.commit(Map.of(first, new OffsetAndMetadata(30)));
        }
        try (Consumer<String, String> consumer =
                builder().group("assigned").autoCommit(false).build()) {
            consumer.assign(partitions("commits", 2));
            assertThat(read(consumer, 20))
                    .extracting(ConsumerRecord::offset)
                    .first()
                    .isEqualTo(30L);
        }
    }

    @Test
    void membersShareATopicAndHandItOn() throws Exception {
        membersShareATopicAndHandItOn("shared", GroupProtocol.AUTO);
    }

    @Test
    void membersOfAClassicGroupDoSoToo() throws Exception {
        membersShareATopicAndHandItOn("shared-classic", GroupProtocol.CLASSIC);
    }

    private ConsumerBuilder<String, String> member(String group, GroupProtocol protocol) {
        return builder().group(group, settings -> settings.protocol(protocol));
    }

    private void membersShareATopicAndHandItOn(String topic, GroupProtocol protocol) throws Exception {
        createAndFill(topic, 4, 400);
        Map<String, String> events = new ConcurrentHashMap<>();
        List<ConsumerRecord<String, String>> all = new ArrayList<>();
        try (Consumer<String, String> one = member("sharing-" + topic, protocol).build()) {
            one.subscribe(List.of(topic), new RebalanceListener() {
                @Override
                public void onAssigned(PartitionSet added) {
                    events.put("assigned", added.toString());
                }

                @Override
                public void onRevoked(PartitionSet revoked) {
                    events.put("revoked", revoked.toString());
                }
            });
            all.addAll(read(one, 400));
            assertThat(events).containsEntry("assigned", topic + "[0-3]");
            try (Consumer<String, String> two =
                    member("sharing-" + topic, protocol).build()) {
                two.subscribe(List.of(topic));
                await(
                        () -> {
                            one.poll(SOON).forEach(all::add);
                            two.poll(SOON).forEach(all::add);
                            return one.assignment().size() == 2
                                    && two.assignment().size() == 2;
                        },
                        () -> one.assignment() + " and " + two.assignment());
                assertThat(events).containsKey("revoked");
                fill(topic, 4, 400, 500, CompressionCodec.NONE);
                await(
                        () -> {
                            one.poll(SOON).forEach(all::add);
                            two.poll(SOON).forEach(all::add);
                            return all.size() >= 500;
                        },
                        () -> "only " + all.size());
            }
            await(
                    () -> {
                        one.poll(SOON).forEach(all::add);
                        return one.assignment().size() == 4;
                    },
                    () -> "only " + one.assignment());
        }
        assertInOrder(all, 4, 0, 500);
    }

    // ---- the push form

    @Test
    void handlersGetEachPartitionInOrderAndSeveralAtOnce() throws Exception {
        createAndFill("pushed", 8, 8000);
        Map<Integer, List<Long>> offsets = new ConcurrentHashMap<>();
        Map<Integer, Thread> inside = new ConcurrentHashMap<>();
        AtomicInteger handled = new AtomicInteger();
        CountDownLatch together = new CountDownLatch(2);
        try (Consumer<String, String> consumer = builder().build()) {
            consumer.assign(partitions("pushed", 8));
            RecordHandler<String, String> handler = record -> {
                assertThat(inside.put(record.partition(), Thread.currentThread()))
                        .isNull();
                if (record.offset() == 0) { // the first of two partitions wait for each other
                    together.countDown();
                    together.await(20, TimeUnit.SECONDS);
                }
                offsets.computeIfAbsent(record.partition(), p -> new ArrayList<>())
                        .add(record.offset());
                inside.remove(record.partition());
                handled.incrementAndGet();
            };
            consumer.handle(handler, HandlerOptions.defaults().withParallelism(4));
            await(() -> handled.get() == 8000, () -> "only " + handled);
            assertThatThrownBy(() -> consumer.poll(SOON)).isInstanceOf(IllegalStateException.class);
        }
        assertThat(together.getCount()).isZero();
        offsets.values().forEach(list -> assertThat(list)
                .isEqualTo(IntStream.range(0, 1000).mapToObj(i -> (long) i).toList()));
    }

    @Test
    void aHandlersFailureIsGivenAgainAndWhatWasHandledIsCommitted() throws Exception {
        createAndFill("failing", 2, 200);
        List<String> values = Collections.synchronizedList(new ArrayList<>());
        AtomicInteger attempts = new AtomicInteger();
        try (Consumer<String, String> consumer = builder().group("handlers").build()) {
            consumer.subscribe(
                    List.of("failing"),
                    record -> {
                        if (record.value().equals("value-100") && attempts.incrementAndGet() < 3) {
                            throw new IllegalStateException("not yet");
                        }
                        values.add(record.value());
                    },
                    HandlerOptions.defaults()
                            .withParallelism(2)
                            .withRetryBackoff(Duration.ofMillis(1), Duration.ofMillis(5)));
            await(() -> values.size() == 200, () -> "only " + values.size());
        }
        assertThat(attempts).hasValue(3);
        assertThat(values).doesNotHaveDuplicates();
        try (Consumer<String, String> consumer = builder().group("handlers").build()) {
            assertThat(consumer.committed(partitions("failing", 2)).values())
                    .extracting(OffsetAndMetadata::offset)
                    .containsExactly(100L, 100L);
        }
    }

    @Test
    void aSlowHandlerHoldsUpItsPartitionOnly() throws Exception {
        createAndFill("slow", 4, 20_000);
        CountDownLatch release = new CountDownLatch(1);
        AtomicInteger others = new AtomicInteger();
        AtomicInteger slow = new AtomicInteger();
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        try (Consumer<String, String> consumer = builder()
                .prefetchBytes(256 << 10)
                .fetchMaxBytes(32 << 10)
                .partitionMaxBytes(8 << 10)
                .metrics(registry)
                .build()) {
            consumer.assign(partitions("slow", 4));
            consumer.handle(
                    record -> {
                        if (record.partition() == 0) {
                            release.await();
                            slow.incrementAndGet();
                        } else {
                            others.incrementAndGet();
                        }
                    },
                    HandlerOptions.defaults().withParallelism(2));
            await(() -> others.get() == 15_000, () -> "only " + others);
            assertThat(slow).hasValue(0);
            assertThat(registry.get("braid.consumer.buffer.held").gauge().value())
                    .isLessThanOrEqualTo(256 << 10);
            release.countDown();
            await(() -> slow.get() == 5000, () -> "only " + slow);
        }
    }

    // ---- use

    @Test
    void mistakesAreToldAtOnce() {
        Consumer<String, String> consumer = builder().build();
        assertThatThrownBy(() -> consumer.subscribe(List.of("t"))).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(consumer::commit).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> consumer.seek(new TopicPartition("t", 0), 1))
                .isInstanceOf(IllegalStateException.class);
        assertThat(consumer.close(Duration.ofSeconds(5))).isTrue();
        assertThat(consumer.close(Duration.ofSeconds(5))).isTrue();
        assertThatThrownBy(() -> consumer.poll(SOON)).isInstanceOf(IllegalStateException.class);
    }
}
