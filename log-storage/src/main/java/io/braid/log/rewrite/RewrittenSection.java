package io.braid.log.rewrite;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Writes one section of batches. Owned by one thread; blocks. */
final class RewrittenSection {
    private final RewriteOutput out;
    private final long start;
    private final int logTag;
    private final long idMsb;
    private final long idLsb;
    private final int partition;
    private final int previousSegment;
    private final int slots;
    private final long dataStart;
    private long[] lsns;
    private int[] startCrcs;
    private int count;

    /** @param slots batches at most */
    RewrittenSection(
            RewriteOutput out, int logTag, long idMsb, long idLsb, int partition, int previousSegment, int slots)
            throws IOException {
        this.out = out;
        this.logTag = logTag;
        this.idMsb = idMsb;
        this.idLsb = idLsb;
        this.partition = partition;
        this.previousSegment = previousSegment;
        this.slots = slots;
        this.lsns = new long[Math.min(slots, 16)];
        this.startCrcs = new int[lsns.length];
        out.zeros(RewrittenFormat.align(out.position()) - out.position());
        this.start = out.position();
        out.zeros(RewrittenFormat.HEADER_BYTES + (long) slots * RewrittenFormat.SLOT_BYTES);
        this.dataStart = out.position();
    }

    /** Returns where in the file the batch begins. */
    long add(long lsn, ByteBuffer batch) throws IOException {
        if (count == lsns.length) {
            lsns = Arrays.copyOf(lsns, Math.min(slots, 2 * count));
            startCrcs = Arrays.copyOf(startCrcs, lsns.length);
        }
        lsns[count] = lsn;
        startCrcs[count] = RewrittenFormat.startCrc(batch, batch.position());
        count++;
        long position = out.position();
        out.write(batch);
        return position;
    }

    void finish() throws IOException {
        RewrittenFormat.Section section = new RewrittenFormat.Section(
                RewrittenFormat.BATCHES,
                idMsb,
                idLsb,
                partition,
                count,
                slots,
                out.position() - dataStart,
                previousSegment);
        out.fill(start, RewrittenFormat.sectionHead(section, lsns, startCrcs, logTag));
    }
}
