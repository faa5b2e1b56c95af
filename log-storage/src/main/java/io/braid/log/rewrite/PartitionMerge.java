package io.braid.log.rewrite;

import io.braid.log.index.BatchLocation;
import io.braid.log.index.DirectoryEntry;
import io.braid.log.index.SegmentWalk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Walks the batches of several segments partition by partition, in the order of offsets. Owned by one thread; blocks. */
final class PartitionMerge {
    private final List<SegmentWalk> walks = new ArrayList<>();
    /** Where each walk is; null at its end. */
    private final List<DirectoryEntry> heads = new ArrayList<>();
    /** The sources that hold the current partition. */
    private final List<Integer> holders = new ArrayList<>();

    private DirectoryEntry first;
    private int batchesLeft;
    private int holder;
    private int batch = -1;

    PartitionMerge(List<RewriteSource> sources) throws IOException {
        for (RewriteSource source : sources) {
            SegmentWalk walk = new SegmentWalk(source.index());
            walks.add(walk);
            heads.add(walk.next().orElse(null));
        }
    }

    /** Goes to the next partition; false at the end. */
    boolean nextPartition() throws IOException {
        for (int source : holders) {
            heads.set(source, walks.get(source).next().orElse(null));
        }
        holders.clear();
        first = null;
        for (DirectoryEntry head : heads) {
            first = head != null && (first == null || SegmentWalk.compareKeys(head, first) < 0) ? head : first;
        }
        batchesLeft = 0;
        for (int i = 0; first != null && i < heads.size(); i++) {
            if (heads.get(i) != null && SegmentWalk.compareKeys(heads.get(i), first) == 0) {
                holders.add(i);
                batchesLeft += heads.get(i).batches();
            }
        }
        holder = 0;
        batch = -1;
        first = first == null ? null : heads.get(holders.get(0));
        return first != null;
    }

    /** The current partition in the oldest source that holds it. */
    DirectoryEntry first() {
        return first;
    }

    /** Batches of the current partition from the current one on; all before the first {@link #nextBatch}. */
    int batchesLeft() {
        return batchesLeft + (batch < 0 ? 0 : 1);
    }

    /** Goes to the current partition's next batch; false at the end. */
    boolean nextBatch() {
        if (batchesLeft == 0) {
            return false;
        }
        batchesLeft--;
        if (++batch == entry().batches()) {
            holder++;
            batch = 0;
        }
        return true;
    }

    private DirectoryEntry entry() {
        return heads.get(holders.get(holder));
    }

    /** Source of the current batch. */
    int source() {
        return holders.get(holder);
    }

    /** Row of the current batch in its source's index. */
    int row() {
        return entry().firstRow() + batch;
    }

    BatchLocation location() throws IOException {
        return walks.get(source()).batch(batch);
    }
}
