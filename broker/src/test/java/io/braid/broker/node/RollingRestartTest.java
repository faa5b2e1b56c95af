package io.braid.broker.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.broker.cli.CommandLineRun;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Three nodes are restarted in order, as docs/operations.md says, while clients write, read and commit. */
@Timeout(120)
@Tag("cluster")
@Tag("long")
class RollingRestartTest {
    private static final String TOPIC = "t";
    private static final int PARTITIONS = 12;

    @TempDir
    Path data;

    @Test
    void noClientSeesAnError() throws Exception {
        try (TestCluster<TestNode> cluster =
                TestCluster.inThisJvm(data, 3, "shards.per.pool", "6", "offsets.topic.num.partitions", "4")) {
            cluster.createTopic(TOPIC, PARTITIONS, Map.of("min.insync.replicas", "2"));
            cluster.awaitInSync(TOPIC, 3);
            Properties client = NumberedRecords.patientClient(cluster.bootstrap());
            List<Follower> followers = List.of(
                    new Follower(cluster.bootstrap(), "classic"), new Follower(cluster.bootstrap(), "consumer"));
            followers.forEach(Thread::start);
            try (NumberedRecords records = new NumberedRecords(client, TOPIC, PARTITIONS, 1)) {
                records.start();
                for (int id = 1; id <= 3; id++) {
                    records.awaitAcks(records.acks() + 500);
                    for (Follower follower : followers) {
                        follower.awaitMore(200);
                    }
                    awaitSafe(cluster, id);
                    cluster.take(id).close();
                    records.awaitAcks(records.acks() + 500);
                    cluster.start(id);
                    cluster.awaitInSync(TOPIC, 3);
                }
                records.finish();
                for (Follower follower : followers) {
                    follower.awaitTotal(records.acks());
                }
                records.check(client);
            } finally {
                followers.forEach(Follower::finish);
            }
            for (Follower follower : followers) {
                follower.join();
                assertThat(follower.errors).isEmpty();
            }
        }
    }

    /** As an operator does before he stops a node. */
    private static void awaitSafe(TestCluster<TestNode> cluster, int id) throws InterruptedException {
        CommandLineRun check;
        do {
            Thread.sleep(20);
            check = CommandLineRun.of(
                    "brokers", "restart-check", Integer.toString(id), "--bootstrap", cluster.bootstrap());
        } while (check.code() != 0);
    }

    /** The only member of a group: reads everything once and commits after each poll. */
    private static final class Follower extends Thread {
        final List<String> errors = new ArrayList<>(); // read after the thread has ended
        private final KafkaConsumer<byte[], byte[]> consumer;
        private final AtomicLong read = new AtomicLong();
        private final AtomicBoolean stop = new AtomicBoolean();

        Follower(String bootstrap, String protocol) {
            super("follower-" + protocol);
            Properties p = new Properties();
            p.put("bootstrap.servers", bootstrap);
            p.put("group.id", "followers-" + protocol);
            p.put("group.protocol", protocol);
            p.put("auto.offset.reset", "earliest");
            p.put("enable.auto.commit", "false");
            p.put("reconnect.backoff.max.ms", "100");
            consumer = new KafkaConsumer<>(p, new ByteArrayDeserializer(), new ByteArrayDeserializer());
            consumer.subscribe(List.of(TOPIC));
        }

        @Override
        public void run() {
            while (!stop.get()) {
                try {
                    int count = consumer.poll(Duration.ofMillis(100)).count();
                    if (count > 0) {
                        consumer.commitSync(Duration.ofSeconds(60));
                        read.addAndGet(count);
                    }
                } catch (KafkaException e) {
                    errors.add(getName() + ": " + e);
                }
            }
            consumer.close();
        }

        void awaitMore(long count) throws InterruptedException {
            awaitTotal(read.get() + count);
        }

        void awaitTotal(long count) throws InterruptedException {
            while (read.get() < count) {
                assertThat(isAlive()).as(getName()).isTrue();
                Thread.sleep(10);
            }
        }

        void finish() {
            stop.set(true);
        }
    }
}
