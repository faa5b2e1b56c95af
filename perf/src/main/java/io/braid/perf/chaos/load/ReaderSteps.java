package io.braid.perf.chaos.load;

import io.braid.perf.chaos.history.HistoryFile;
import io.braid.perf.chaos.history.Op;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;

/** Polls for one consumer and keeps what came. Owned by the consumer's thread; {@link #nextOffset} may be asked by any. */
final class ReaderSteps {
    private final HistoryFile history;
    private final String process;
    private final RecordReader consumer;
    private final Map<Integer, Long> next = new ConcurrentHashMap<>();
    private int polls;

    ReaderSteps(HistoryFile history, String process, RecordReader consumer) {
        this.history = history;
        this.process = process;
        this.consumer = consumer;
    }

    /** Where this process would read on, or -1. */
    long nextOffset(int partition) {
        return next.getOrDefault(partition, -1L);
    }

    /** Until more is read, this process reads on nowhere in the partition. */
    void forget(int partition) {
        next.remove(partition);
    }

    /**
     * One poll.
     *
     * @return whether it ended without an error; records may have come or not
     */
    boolean poll(Duration timeout) {
        try {
            Map<Integer, List<RecordReader.Read>> records = consumer.poll(timeout);
            polls++;
            records.forEach(this::keep);
            return true;
        } catch (WakeupException | InterruptException e) {
            return true;
        } catch (RecordReader.PositionLostException e) {
            // Nothing is deleted in a run: every position is one that was read before.
            history.note(Op.Note.Kind.OUT_OF_RANGE, process, e.getCause().toString());
            return false;
        } catch (KafkaException e) {
            history.note(Op.Note.Kind.ERROR, process, Errors.text(e));
            return false;
        }
    }

    private void keep(int partition, List<RecordReader.Read> records) {
        List<Long> run = new ArrayList<>();
        long first = -1;
        for (RecordReader.Read record : records) {
            OptionalLong value = Payload.read(record.value());
            if (value.isEmpty()) {
                history.note(
                        Op.Note.Kind.CORRUPT,
                        process,
                        "partition " + partition + " offset " + record.offset() + " holds other bytes");
                continue;
            }
            if (!run.isEmpty() && record.offset() != first + run.size()) {
                write(partition, first, run);
                run = new ArrayList<>();
            }
            if (run.isEmpty()) {
                first = record.offset();
            }
            run.add(value.getAsLong());
        }
        if (!run.isEmpty()) {
            write(partition, first, run);
        }
        next.put(partition, records.get(records.size() - 1).offset() + 1);
    }

    private void write(int partition, long first, List<Long> values) {
        history.add(new Op.Poll(history.nowMs(), process, polls, partition, first, values));
    }
}
