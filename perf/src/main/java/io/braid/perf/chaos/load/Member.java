package io.braid.perf.chaos.load;

import io.braid.perf.chaos.history.HistoryFile;
import io.braid.perf.chaos.history.Op;
import io.braid.perf.chaos.history.Outcome;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** A member of a group: polls, and commits what it read after each poll that brought records. */
final class Member implements Tail {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration COMMIT = Duration.ofSeconds(10);

    private final LoadPlan plan;
    private final HistoryFile history;
    private final String process;
    private final String group;
    private final Map<String, Object> settings;
    private final Map<Integer, Long> progress;
    private final Set<Integer> mine = new HashSet<>();
    private final Map<Integer, Long> committed = new HashMap<>();
    private volatile boolean stopping;
    private volatile boolean silently;
    private ReaderSteps steps;

    /** @param progress of all members of the group: the highest next offset by partition */
    Member(
            LoadPlan plan,
            HistoryFile history,
            String process,
            String group,
            Map<String, Object> settings,
            Map<Integer, Long> progress) {
        this.plan = plan;
        this.history = history;
        this.process = process;
        this.group = group;
        this.settings = settings;
        this.progress = progress;
    }

    @Override
    public String name() {
        return process;
    }

    @Override
    public void stop() {
        stopping = true;
    }

    /** Ends without a word to the group, which notices by the session timeout. */
    void vanish() {
        silently = true;
        stopping = true;
    }

    String group() {
        return group;
    }

    /** That of its whole group: a member that takes over at the end has nothing left to read. */
    @Override
    public long nextOffset(int partition) {
        return progress.getOrDefault(partition, -1L);
    }

    @Override
    public void run() {
        KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        try {
            ReaderSteps reading = new ReaderSteps(history, process, consumer);
            steps = reading;
            consumer.subscribe(List.of(plan.topic()), new Assignments());
            while (!stopping) {
                reading.poll(POLL);
                commit(consumer, reading);
            }
        } finally {
            CloseOptions options = CloseOptions.timeout(Duration.ofSeconds(5));
            consumer.close(
                    silently
                            ? options.withGroupMembershipOperation(
                                    CloseOptions.GroupMembershipOperation.REMAIN_IN_GROUP)
                            : options);
        }
    }

    private void commit(KafkaConsumer<byte[], byte[]> consumer, ReaderSteps reading) {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        for (int partition : mine) {
            long next = reading.nextOffset(partition);
            progress.merge(partition, next, Math::max);
            if (next >= 0 && next != committed.getOrDefault(partition, -1L)) {
                offsets.put(new TopicPartition(plan.topic(), partition), new OffsetAndMetadata(next));
            }
        }
        if (offsets.isEmpty()) {
            return;
        }
        Outcome outcome;
        try {
            consumer.commitSync(offsets, COMMIT);
            outcome = Outcome.OK;
        } catch (KafkaException e) {
            // Some of these mean that nothing was committed; taking all for unknown only makes the check milder.
            history.note(Op.Note.Kind.ERROR, process, "commit: " + Errors.text(e));
            outcome = Outcome.INFO;
        }
        long now = history.nowMs();
        for (Map.Entry<TopicPartition, OffsetAndMetadata> each : offsets.entrySet()) {
            int partition = each.getKey().partition();
            history.add(new Op.Commit(
                    now, process, group, partition, each.getValue().offset(), outcome));
            if (outcome == Outcome.OK) {
                committed.put(partition, each.getValue().offset());
            }
        }
    }

    /** Called by the consumer within poll and close. */
    private final class Assignments implements ConsumerRebalanceListener {

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            for (TopicPartition partition : partitions) {
                mine.add(partition.partition());
                committed.remove(partition.partition());
                steps.forget(partition.partition());
                history.add(new Op.Assign(history.nowMs(), process, group, partition.partition(), -1));
            }
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            partitions.forEach(partition -> mine.remove(partition.partition()));
        }
    }
}
