package io.braid.perf.chaos.load;

import io.braid.perf.chaos.history.HistoryFile;
import io.braid.perf.chaos.history.Op;
import io.braid.perf.chaos.history.Outcome;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/** A member of a group: polls, and commits what it read after each poll that brought records. */
final class Member implements Tail {
    private static final Duration POLL = Duration.ofMillis(200);

    private final LoadPlan plan;
    private final HistoryFile history;
    private final String process;
    private final String group;
    private final RecordReader consumer;
    private final Map<Integer, Long> progress;
    private final Set<Integer> mine = new HashSet<>();
    private final Map<Integer, Long> committed = new HashMap<>();
    private volatile boolean stopping;
    private ReaderSteps steps;

    /** @param progress of all members of the group: the highest next offset by partition */
    Member(
            LoadPlan plan,
            HistoryFile history,
            String process,
            String group,
            RecordReader consumer,
            Map<Integer, Long> progress) {
        this.plan = plan;
        this.history = history;
        this.process = process;
        this.group = group;
        this.consumer = consumer;
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
        try {
            ReaderSteps reading = new ReaderSteps(history, process, consumer);
            steps = reading;
            consumer.subscribe(plan.topic(), new Assignments());
            while (!stopping) {
                reading.poll(POLL);
                commit(reading);
            }
        } finally {
            consumer.close();
        }
    }

    private void commit(ReaderSteps reading) {
        Map<TopicPartition, Long> offsets = new HashMap<>();
        for (int partition : mine) {
            long next = reading.nextOffset(partition);
            progress.merge(partition, next, Math::max);
            if (next >= 0 && next != committed.getOrDefault(partition, -1L)) {
                offsets.put(new TopicPartition(plan.topic(), partition), next);
            }
        }
        if (offsets.isEmpty()) {
            return;
        }
        Outcome outcome;
        try {
            consumer.commit(offsets);
            outcome = Outcome.OK;
        } catch (KafkaException e) {
            // Some of these mean that nothing was committed; taking all for unknown only makes the check milder.
            history.note(Op.Note.Kind.ERROR, process, "commit: " + Errors.text(e));
            outcome = Outcome.INFO;
        }
        long now = history.nowMs();
        for (Map.Entry<TopicPartition, Long> each : offsets.entrySet()) {
            int partition = each.getKey().partition();
            history.add(new Op.Commit(
                    now, process, group, partition, each.getValue(), outcome));
            if (outcome == Outcome.OK) {
                committed.put(partition, each.getValue());
            }
        }
    }

    /** Called by the consumer within poll and close. */
    private final class Assignments implements RecordReader.Assignments {

        @Override
        public void onAssigned(Collection<TopicPartition> partitions) {
            for (TopicPartition partition : partitions) {
                mine.add(partition.partition());
                committed.remove(partition.partition());
                steps.forget(partition.partition());
                history.add(new Op.Assign(history.nowMs(), process, group, partition.partition(), -1));
            }
        }

        @Override
        public void onRevoked(Collection<TopicPartition> partitions) {
            partitions.forEach(partition -> mine.remove(partition.partition()));
        }
    }
}
