package io.braid.containers;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.LongDeserializer;
import org.apache.kafka.common.serialization.LongSerializer;

/**
 * A topic, an idempotent producer that writes to all of its partitions in turn, and a consumer in a group that reads along.
 * It keeps what was acknowledged and compares it at the end with what is there. Started and ended by the test's thread.
 */
final class Workload implements AutoCloseable {

    private static final int PARTITIONS = 12;
    private static final short REPLICAS = 3;
    private static final int METADATA_MAX_AGE_MS = 3000;
    private static final long PAUSE_NS = 2_000_000;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final String topic;
    private final String bootstrap;
    private final Admin admin;
    private final Map<TopicPartition, Map<Long, Long>> acknowledged = new ConcurrentHashMap<>();
    private final Map<TopicPartition, Long> seen = new ConcurrentHashMap<>();
    private final AtomicReference<Exception> failure = new AtomicReference<>();
    private final Thread producing;
    private final Thread consuming;
    private final KafkaConsumer<Long, Long> reader;
    private volatile boolean ending;

    /** Makes the topic and begins. */
    Workload(String topic, String bootstrap) throws InterruptedException, ExecutionException {
        this.topic = topic;
        this.bootstrap = bootstrap;
        this.admin = Admin.create(Map.of("bootstrap.servers", bootstrap));
        makeTopic();
        partitions().forEach(p -> acknowledged.put(p, new ConcurrentHashMap<>()));
        reader = consumer(Map.of(
                ConsumerConfig.GROUP_ID_CONFIG,
                topic + "-readers",
                // A leader that is cut off from its cluster has no news and no errors for those who read: as with
                // Kafka, they
                // hear of its successor when they ask again who leads.
                ConsumerConfig.METADATA_MAX_AGE_CONFIG,
                METADATA_MAX_AGE_MS));
        producing = thread("producer", this::produce);
        consuming = thread("consumer", this::consume);
    }

    private void makeTopic() throws InterruptedException, ExecutionException {
        try {
            admin.createTopics(List.of(new NewTopic(topic, PARTITIONS, REPLICAS)))
                    .all()
                    .get();
        } catch (ExecutionException e) {
            admin.close(Duration.ZERO);
            throw e;
        }
    }

    private static Thread thread(String name, Runnable body) {
        Thread thread = new Thread(body, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private List<TopicPartition> partitions() {
        return IntStream.range(0, PARTITIONS)
                .mapToObj(p -> new TopicPartition(topic, p))
                .toList();
    }

    // ---- clients

    private void produce() {
        Map<String, Object> settings = Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrap,
                ProducerConfig.ACKS_CONFIG,
                "all",
                ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
                true);
        try (var producer = new KafkaProducer<>(settings, new LongSerializer(), new LongSerializer())) {
            for (long number = 0; !ending; number++) {
                long value = number;
                int partition = (int) (number % PARTITIONS);
                var unused = producer.send(new ProducerRecord<>(topic, partition, value, value), (sent, error) -> {
                    if (error == null) {
                        acknowledged
                                .get(new TopicPartition(topic, sent.partition()))
                                .put(sent.offset(), value);
                    } else {
                        failure.compareAndSet(null, error);
                    }
                });
                LockSupport.parkNanos(PAUSE_NS);
            }
        } catch (RuntimeException e) {
            failure.compareAndSet(null, e);
        }
    }

    private void consume() {
        try (reader) {
            reader.subscribe(List.of(topic));
            while (!ending) {
                for (ConsumerRecord<Long, Long> record : reader.poll(Duration.ofMillis(500))) {
                    seen.put(new TopicPartition(topic, record.partition()), record.offset());
                }
            }
        } catch (WakeupException e) {
            // It is told to end.
        } catch (RuntimeException e) {
            failure.compareAndSet(null, e);
        }
    }

    private KafkaConsumer<Long, Long> consumer(Map<String, Object> more) {
        Map<String, Object> settings = new HashMap<>(more);
        settings.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        return new KafkaConsumer<>(settings, new LongDeserializer(), new LongDeserializer());
    }

    // ---- what the test asks

    /** Waits until a write that began from now on is acknowledged, and read by the group, in every partition. */
    void awaitProgress(String when) {
        Map<TopicPartition, Integer> before = new HashMap<>();
        acknowledged.forEach((partition, offsets) -> before.put(partition, offsets.size()));
        // The first may have been on its way already.
        Conditions.await(
                "every partition takes writes " + when,
                PATIENCE,
                () -> healthy()
                        && partitions().stream()
                                .allMatch(p -> acknowledged.get(p).size() > before.get(p) + 2));
        Map<TopicPartition, Long> ends = new HashMap<>();
        acknowledged.forEach((partition, offsets) ->
                ends.put(partition, offsets.keySet().stream().max(Long::compare).orElseThrow()));
        Conditions.await(
                "every partition is read " + when,
                PATIENCE,
                () -> healthy() && partitions().stream().allMatch(p -> seen.getOrDefault(p, -1L) >= ends.get(p)));
    }

    private boolean healthy() {
        if (failure.get() != null) {
            throw new AssertionError("a client failed", failure.get());
        }
        return true;
    }

    /** Waits until every partition has all its replicas in sync again. */
    void awaitInSync() {
        Conditions.await("all replicas are in sync", PATIENCE, () -> {
            TopicDescription description =
                    admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic);
            return description.partitions().stream().allMatch(p -> p.isr().size() == REPLICAS);
        });
    }

    /** Ids of the nodes that lead a partition. */
    List<Integer> leaders() throws InterruptedException, ExecutionException {
        return admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic).partitions().stream()
                .map(p -> p.leader().id())
                .distinct()
                .toList();
    }

    /** Ends the clients, reads everything from the beginning, and compares. */
    void verify() {
        end();
        healthy();
        Map<TopicPartition, Map<Long, Long>> stored = readAll();
        long all = 0;
        for (TopicPartition partition : partitions()) {
            Map<Long, Long> acked = acknowledged.get(partition);
            Map<Long, Long> found = stored.get(partition);
            assertThat(found).as("acknowledged in " + partition).containsAllEntriesOf(acked);
            assertThat(found.values()).as("no record twice in " + partition).doesNotHaveDuplicates();
            all += acked.size();
        }
        System.out.println("containers: " + topic + ": " + all + " acknowledged records are there");
    }

    private Map<TopicPartition, Map<Long, Long>> readAll() {
        Map<TopicPartition, Map<Long, Long>> stored = new HashMap<>();
        try (KafkaConsumer<Long, Long> all = consumer(Map.of())) {
            all.assign(partitions());
            all.seekToBeginning(partitions());
            Map<TopicPartition, Long> ends = all.endOffsets(partitions());
            partitions().forEach(p -> stored.put(p, new HashMap<>()));
            Conditions.await("everything is read", PATIENCE, () -> {
                for (ConsumerRecord<Long, Long> record : all.poll(Duration.ofMillis(200))) {
                    stored.get(new TopicPartition(topic, record.partition())).put(record.offset(), record.value());
                }
                return partitions().stream().allMatch(p -> all.position(p) >= ends.get(p));
            });
        }
        return stored;
    }

    private void end() {
        ending = true;
        reader.wakeup();
        try {
            producing.join(PATIENCE.toMillis());
            consuming.join(PATIENCE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        assertThat(producing.isAlive() || consuming.isAlive())
                .as("clients still run")
                .isFalse();
    }

    @Override
    public void close() {
        end();
        admin.close(Duration.ofSeconds(5));
    }
}
