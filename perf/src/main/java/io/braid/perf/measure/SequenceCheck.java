package io.braid.perf.measure;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Whether what is read is what was written: values with the sequences 0, 1, 2 ... of one producer, spread over partitions in any way.
 * Within a partition they must rise; all together their number and their sum must be right, so that one too few, too many, or twice is
 * noticed. Owned by one thread; holds a number for each partition.
 */
public final class SequenceCheck {
    private final Map<String, long[]> lastByTopic = new HashMap<>();
    private String topic = "";
    private long[] last = {};
    private long received;
    private long sum;
    private long notRising;

    /**
     * A record was read.
     *
     * @param sequence of it, from 0
     */
    public void onRecord(String ofTopic, int partition, long sequence) {
        long[] lastHere = last(ofTopic, partition);
        if (sequence < lastHere[partition]) { // kept plus one: zero is none
            notRising++;
        }
        lastHere[partition] = Math.max(lastHere[partition], sequence + 1);
        received++;
        sum += sequence;
    }

    private long[] last(String ofTopic, int partition) {
        if (!ofTopic.equals(topic)) {
            topic = ofTopic;
            last = lastByTopic.computeIfAbsent(ofTopic, t -> new long[16]);
        }
        if (partition >= last.length) {
            last = Arrays.copyOf(last, Math.max(partition + 1, 2 * last.length));
            lastByTopic.put(ofTopic, last);
        }
        return last;
    }

    public long received() {
        return received;
    }

    /** Records that came after one of their partition with a higher or the same sequence: repeated, or out of order. */
    public long notRising() {
        return notRising;
    }

    /**
     * What is wrong, in words; empty when all is well.
     *
     * @param sent records with the sequences 0 to below this
     */
    public String problem(long sent) {
        if (notRising > 0) {
            return notRising + " records repeated or out of order";
        }
        if (received != sent) {
            return received + " records read of " + sent;
        }
        // Both sums wrap around alike.
        long expected = sent % 2 == 0 ? sent / 2 * (sent - 1) : (sent - 1) / 2 * sent;
        return sum == expected ? "" : "other records than were sent";
    }
}
