package io.braid.perf.chaos.load;

import io.braid.perf.chaos.history.HistoryFile;
import io.braid.perf.chaos.history.Op;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads all partitions, assigned by hand, from their beginning on, and now and then goes back in one of them. It has no
 * reset policy: a position that the brokers do not know is an error.
 */
final class AssignedReader implements Tail {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final int POLLS_BETWEEN_SEEKS = 100;
    private static final int LONGEST_WAY_BACK = 2000;

    private final LoadPlan plan;
    private final HistoryFile history;
    private final String process;
    private final RecordReader consumer;
    private final Random random;
    private volatile boolean stopping;
    private volatile ReaderSteps steps;

    AssignedReader(LoadPlan plan, HistoryFile history, String process, RecordReader consumer, long seed) {
        this.plan = plan;
        this.history = history;
        this.process = process;
        this.consumer = consumer;
        this.random = new Random(seed);
    }

    @Override
    public String name() {
        return process;
    }

    @Override
    public void stop() {
        stopping = true;
    }

    @Override
    public long nextOffset(int partition) {
        ReaderSteps now = steps;
        return now == null ? -1 : now.nextOffset(partition);
    }

    @Override
    public void run() {
        try {
            ReaderSteps mine = new ReaderSteps(history, process, consumer);
            List<TopicPartition> all = new ArrayList<>();
            IntStream.range(0, plan.partitions()).forEach(p -> all.add(new TopicPartition(plan.topic(), p)));
            consumer.assign(all);
            all.forEach(partition -> seek(partition, 0));
            steps = mine;
            while (!stopping) {
                if (!mine.poll(POLL)) {
                    pause();
                }
                if (random.nextInt(POLLS_BETWEEN_SEEKS) == 0) {
                    TopicPartition partition = all.get(random.nextInt(all.size()));
                    long next = mine.nextOffset(partition.partition());
                    if (next > 0) {
                        seek(partition, Math.max(0, next - random.nextInt(LONGEST_WAY_BACK)));
                    }
                }
            }
        } finally {
            consumer.close();
        }
    }

    private void seek(TopicPartition partition, long offset) {
        consumer.seek(partition, offset);
        history.add(new Op.Assign(history.nowMs(), process, "", partition.partition(), offset));
    }

    /** After an error, so that the next one is not at once. */
    private static void pause() {
        try {
            Thread.sleep(POLL.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
