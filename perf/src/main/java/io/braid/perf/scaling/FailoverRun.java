package io.braid.perf.scaling;

import io.braid.perf.measure.ClientKind;
import io.braid.perf.measure.FixedSchedule;
import io.braid.perf.measure.LatencyRecorder;
import io.braid.perf.measure.LoadProducer;
import io.braid.perf.measure.LoadTopics;
import io.braid.perf.measure.ProducerSettings;
import io.braid.perf.measure.ResultLine;
import io.braid.perf.measure.Settling;
import io.braid.perf.nodes.LocalCluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.TopicPartitionInfo;

/**
 * Kills one of three nodes under an even load on some partitions, beside many that only exist, and measures how long each loaded
 * partition went without an acknowledgement. Owned by one thread.
 */
final class FailoverRun {
    private static final int REPLICAS = 3;
    private static final int BATCH_BYTES = 4096;
    private static final long BUFFER_BYTES = 256L << 20;
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final int VALUE_BYTES = 100;
    private static final long SECOND_NS = TimeUnit.SECONDS.toNanos(1);

    /**
     * What is done.
     *
     * @param loaded partitions that are written to
     * @param rate records a second, to all of them together
     * @param beforeSeconds of load until the kill
     * @param afterSeconds of load after it
     */
    record Plan(int loaded, int rate, int beforeSeconds, int afterSeconds, int perTopic) {}

    private final LocalCluster nodes;
    private final ClientKind client;
    private final Plan plan;
    private final Consumer<String> progress;

    /** @param nodes three that run, without topics */
    FailoverRun(LocalCluster nodes, ClientKind client, Plan plan, Consumer<String> progress) {
        this.nodes = nodes;
        this.client = client;
        this.plan = plan;
        this.progress = progress;
    }

    /**
     * Makes the topics, loads, kills, and adds what was seen.
     *
     * @param partitions that exist beside those that are written to; 0 for none
     */
    Void run(int partitions, ResultLine line) throws Exception {
        LoadTopics topic = new LoadTopics("failover", plan.loaded(), plan.loaded(), REPLICAS);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", nodes.bootstrap()))) {
            if (partitions > 0) {
                LoadTopics idle = new LoadTopics("idle", partitions, plan.perTopic(), REPLICAS);
                TopicMaker.make(admin, idle, made -> progress.accept(made + " partitions made"));
                Probe.run(nodes.bootstrap(), List.of(idle), 100, PATIENCE, new Random(1));
            }
            topic.create(admin);
            Settling.settle(nodes.bootstrap(), topic);
            Map<Integer, Integer> leaders = leaders(admin, topic.topic(0));
            int controller = controllerLeader(admin);
            int victim = victim(leaders, controller);
            line.put("loadedPartitions", plan.loaded())
                    .put("replicas", REPLICAS)
                    .put("rate", plan.rate())
                    .put("victimLed", leaders.values().stream().filter(id -> id == victim).count())
                    .put("victimIsController", victim == controller);
            load(topic, leaders, victim, line);
        }
        return null;
    }

    private static Map<Integer, Integer> leaders(Admin admin, String topic)
            throws ExecutionException, InterruptedException, TimeoutException {
        Map<Integer, Integer> leaders = new HashMap<>();
        for (TopicPartitionInfo partition : admin.describeTopics(List.of(topic))
                .allTopicNames()
                .get(60, TimeUnit.SECONDS)
                .get(topic)
                .partitions()) {
            leaders.put(partition.partition(), partition.leader().id());
        }
        return leaders;
    }

    private static int controllerLeader(Admin admin) throws ExecutionException, InterruptedException, TimeoutException {
        return admin.describeMetadataQuorum().quorumInfo().get(60, TimeUnit.SECONDS).leaderId();
    }

    /** Who leads most, and does not lead the quorum too: that is another experiment. */
    static int victim(Map<Integer, Integer> leaders, int controller) {
        Map<Integer, Integer> led = new HashMap<>();
        leaders.values().forEach(id -> led.merge(id, 1, Integer::sum));
        return led.entrySet().stream()
                .filter(one -> one.getKey() != controller)
                .max(Map.Entry.<Integer, Integer>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
                .orElseThrow(() -> new IllegalStateException("the leading controller leads all partitions"))
                .getKey();
    }

    private void load(LoadTopics topic, Map<Integer, Integer> leaders, int victim, ResultLine line)
            throws InterruptedException {
        AckGaps gaps = new AckGaps(plan.loaded());
        LatencyRecorder steady = new LatencyRecorder();
        AtomicLong failed = new AtomicLong();
        byte[] value = new byte[VALUE_BYTES];
        long sent = 0;
        long endNs;
        try (LoadProducer producer = client.producer(settings())) {
            FixedSchedule schedule = new FixedSchedule(System.nanoTime(), plan.rate());
            long killNs = schedule.startNs() + plan.beforeSeconds() * SECOND_NS;
            long steadyNs = schedule.startNs() + plan.beforeSeconds() * SECOND_NS / 2;
            endNs = killNs + plan.afterSeconds() * SECOND_NS;
            boolean killed = false;
            for (long dueNs = schedule.await(0); dueNs - endNs < 0; dueNs = schedule.await(++sent)) {
                if (!killed && dueNs - killNs >= 0) {
                    gaps.countFrom(System.nanoTime());
                    nodes.kill(victim);
                    killed = true;
                    progress.accept("killed node " + victim);
                }
                int partition = (int) (sent % plan.loaded());
                long due = dueNs;
                boolean counts = !killed && dueNs - steadyNs >= 0;
                producer.send(topic.topicOf(partition), topic.partitionOf(partition), value, (offset, failure) -> {
                    if (failure != null) {
                        failed.incrementAndGet();
                        return;
                    }
                    long nowNs = System.nanoTime();
                    gaps.onAck(partition, nowNs);
                    if (counts) {
                        steady.record(nowNs - due);
                    }
                });
            }
            endNs = System.nanoTime();
            report(gaps.longestMs(endNs), leaders, victim, line);
            producer.flush();
        }
        line.put("sent", sent).put("acknowledged", gaps.acknowledged()).put("failed", failed.get());
        steady.putInto(line, "steady");
    }

    private ProducerSettings settings() {
        return new ProducerSettings(
                nodes.bootstrap(),
                "braid-perf-failover",
                BATCH_BYTES,
                5,
                "none",
                BUFFER_BYTES,
                "all",
                PATIENCE,
                PATIENCE,
                Map.of());
    }

    private static void report(double[] gapMs, Map<Integer, Integer> leaders, int victim, ResultLine line) {
        List<Double> lost = new ArrayList<>();
        List<Double> others = new ArrayList<>();
        for (int partition = 0; partition < gapMs.length; partition++) {
            (leaders.get(partition) == victim ? lost : others).add(gapMs[partition]);
        }
        put(line, "lost", lost);
        put(line, "other", others);
    }

    private static void put(ResultLine line, String name, List<Double> gaps) {
        double[] sorted = gaps.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        line.put(name + "GapMedianMs", sorted.length == 0 ? Double.NaN : sorted[sorted.length / 2])
                .put(name + "GapMinMs", Arrays.stream(sorted).min().orElse(Double.NaN))
                .put(name + "GapMaxMs", Arrays.stream(sorted).max().orElse(Double.NaN));
    }
}
