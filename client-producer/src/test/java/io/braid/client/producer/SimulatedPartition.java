package io.braid.client.producer;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.protocol.Errors;

/** A partition as brokers keep it: its records, and by producer the last five batches (KIP-98). For one thread. */
final class SimulatedPartition {
    private static final int KEPT = 5;

    final List<Integer> log = new ArrayList<>();
    private final Map<Long, Producing> producers = new HashMap<>();

    private static final class Producing {
        short epoch;
        int nextSequence;
        final ArrayDeque<int[]> last = new ArrayDeque<>(); // sequence, count, base offset
    }

    /** What came of an append. */
    record Outcome(Errors error, long baseOffset) {}

    Outcome append(long producerId, short epoch, int sequence, List<Integer> values) {
        Producing known = producers.get(producerId);
        if (known == null) {
            known = new Producing();
            known.epoch = epoch;
            known.nextSequence = sequence;
            producers.put(producerId, known);
        }
        if (epoch < known.epoch) {
            return new Outcome(Errors.INVALID_PRODUCER_EPOCH, -1);
        }
        if (epoch > known.epoch) {
            if (sequence != 0) {
                return new Outcome(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER, -1);
            }
            known.epoch = epoch;
            known.nextSequence = 0;
            known.last.clear();
        }
        for (int[] batch : known.last) {
            if (batch[0] == sequence && batch[1] == values.size()) {
                return new Outcome(Errors.NONE, batch[2]);
            }
        }
        if (sequence != known.nextSequence) {
            return new Outcome(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER, -1);
        }
        int base = log.size();
        log.addAll(values);
        known.nextSequence = Sequences.next(sequence, values.size());
        known.last.addLast(new int[] {sequence, values.size(), base});
        if (known.last.size() > KEPT) {
            known.last.removeFirst();
        }
        return new Outcome(Errors.NONE, base);
    }
}
