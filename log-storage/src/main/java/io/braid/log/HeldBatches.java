package io.braid.log;

import io.braid.log.index.BatchLocation;
import io.braid.log.index.DirectoryEntry;
import io.braid.log.index.SegmentIndex;
import java.io.IOException;
import java.util.StringJoiner;
import org.apache.kafka.common.Uuid;

/** Says for people what a damaged part of a segment held, as its index knows it. Stateless; blocks. */
final class HeldBatches {
    /** Partitions that are named; the others are counted. */
    private static final int NAMED = 8;

    private HeldBatches() {}

    /** Partitions and offsets of the batches that reach into a range of positions. */
    static String describe(SegmentIndex index, long fromPosition, long toPosition) throws IOException {
        StringJoiner named = new StringJoiner(", ");
        int[] found = {0};
        index.forEach(entry -> {
            String offsets = offsets(index, entry, fromPosition, toPosition);
            if (!offsets.isEmpty() && found[0]++ < NAMED) {
                named.add(partition(entry.topicIdMsb(), entry.topicIdLsb(), entry.partition()) + " offsets " + offsets);
            }
            return true;
        });
        return found[0] <= NAMED ? named.toString() : named + " and of " + (found[0] - NAMED) + " more partitions";
    }

    static String partition(long idMsb, long idLsb, int partition) {
        return new Uuid(idMsb, idLsb) + "-" + partition;
    }

    /** Ranges of offsets, inclusive: {@code 4..9 12..12}. */
    private static String offsets(SegmentIndex index, DirectoryEntry entry, long fromPosition, long toPosition)
            throws IOException {
        StringJoiner ranges = new StringJoiner(" ");
        long first = -1;
        long last = -1;
        for (int row = entry.firstRow(); row < entry.firstRow() + entry.batches(); row++) {
            BatchLocation batch = index.batch(row);
            boolean hit = batch.position() < toPosition && batch.position() + batch.sizeBytes() > fromPosition;
            if (hit && first >= 0 && batch.baseOffset() == last + 1) {
                last = batch.lastOffset();
            } else if (hit) {
                addRange(ranges, first, last);
                first = batch.baseOffset();
                last = batch.lastOffset();
            }
        }
        addRange(ranges, first, last);
        return ranges.toString();
    }

    private static void addRange(StringJoiner ranges, long first, long last) {
        if (first >= 0) {
            ranges.add(first + ".." + last);
        }
    }
}
