package io.braid.log.index;

import io.braid.log.rows.ScratchDirectory;
import io.braid.log.table.PartitionSnapshot;
import io.braid.log.table.PartitionTable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A shard's index under test, driven beside a plain list of batches that says what it should know. */
final class ModelShard implements AutoCloseable, SegmentIndexes {
    static final int PARTITIONS = 5;

    /** A batch of the model; segment and position change when segments are merged. */
    record Batch(int partition, BatchLocation at) {}

    private record Rolled(ActiveIndexView view, PartitionSnapshot partitions) {}

    private final ScratchDirectory directory = new ScratchDirectory();
    private final PartitionTable partitions = new PartitionTable();
    private final List<SegmentIndex> opened = new ArrayList<>();
    private final Map<Integer, SegmentIndex> sealed = new HashMap<>();
    private final TreeMap<Integer, Rolled> rolled = new TreeMap<>();
    private final int[] rows = new int[PARTITIONS];
    private ActiveIndex active = new ActiveIndex(0);
    private Runnable undo = () -> {};
    private int files;
    private int leaderEpoch = 1;
    private long position = 64;

    /** All batches of segments that are not deleted, oldest first. */
    final List<Batch> batches = new ArrayList<>();

    ModelShard() {
        for (int i = 0; i < PARTITIONS; i++) {
            rows[i] = partitions.findOrAdd(idMsb(i), idLsb(i), i);
        }
    }

    private static long idMsb(int partition) {
        return partition < 3 ? 1 : -1;
    }

    private static long idLsb(int partition) {
        return partition == 4 ? -5 : 5;
    }

    void append(int partition, int gap, int lastOffsetDelta, int size, long maxTimestamp) {
        int row = rows[partition];
        long before = partitions.nextOffset(row);
        int newestSegment = partitions.newestSegment(row);
        int newestRow = partitions.newestActiveRow(row);
        long baseOffset = before + gap;
        active.add(partitions, row, baseOffset, lastOffsetDelta, position, size, leaderEpoch, maxTimestamp);
        partitions.setNextOffset(row, baseOffset + lastOffsetDelta + 1);
        Batch batch = new Batch(
                partition,
                new BatchLocation(
                        active.segment(),
                        position,
                        size,
                        baseOffset,
                        baseOffset + lastOffsetDelta,
                        leaderEpoch,
                        maxTimestamp));
        batches.add(batch);
        position += size;
        undo = () -> {
            batches.remove(batch);
            partitions.setNewest(row, newestSegment, newestRow);
            partitions.setNextOffset(row, before);
        };
    }

    /** Takes the last append back, unless something else was done since. */
    void undoAppend() {
        undo.run();
        undo = () -> {};
    }

    void startEpoch() {
        leaderEpoch++;
        undo = () -> {};
    }

    void roll() {
        rolled.put(active.segment(), new Rolled(active.view(), partitions.snapshot()));
        active = new ActiveIndex(active.segment() + 1);
        position = 64;
        undo = () -> {};
    }

    /** Writes the index file of the oldest rolled segment. */
    void seal() throws IOException {
        Map.Entry<Integer, Rolled> oldest = rolled.pollFirstEntry();
        if (oldest == null) {
            return;
        }
        int segment = oldest.getKey();
        SegmentInfo info = new SegmentInfo(segment, segment, segment * 100L, segment * 100L + 100, 4711, 50);
        Path file = directory.path().resolve(files++ + ".idx");
        SegmentIndexWriter.write(file, info, oldest.getValue().partitions, oldest.getValue().view, this);
        sealed.put(segment, open(file));
    }

    private SegmentIndex open(Path file) throws IOException {
        SegmentIndex index = SegmentIndex.open(file);
        index.verify();
        opened.add(index);
        return index;
    }

    /** Deletes a sealed segment after moving the log starts of its partitions past it. */
    void delete(int choice) {
        SegmentIndex index = choose(choice);
        if (index == null) {
            return;
        }
        int first = index.info().firstSegment();
        for (Batch batch : batches) {
            if (batch.at.segment() == first) {
                int row = rows[batch.partition];
                partitions.setLogStartOffset(row, Math.max(partitions.logStartOffset(row), batch.at.lastOffset() + 1));
            }
        }
        batches.removeIf(batch -> batch.at.segment() == first);
        sealed.values().removeIf(other -> other == index);
        undo = () -> {};
    }

    /**
     * Merges two neighbours, or rewrites one, as a rewrite would: rows by partition, other positions, one file for
     * several ordinals.
     */
    void rewrite(int choice) throws IOException {
        SegmentIndex left = choose(choice);
        if (left == null) {
            return;
        }
        SegmentIndex right = sealed.getOrDefault(left.info().lastSegment() + 1, left);
        int first = left.info().firstSegment();
        int last = right.info().lastSegment();
        SegmentIndexBuilder builder = new SegmentIndexBuilder(first, SegmentIndexBuilder.searching(this, 0, first));
        long at = 1 << 20;
        for (int partition = 0; partition < PARTITIONS; partition++) {
            for (int i = 0; i < batches.size(); i++) {
                BatchLocation old = batches.get(i).at;
                if (batches.get(i).partition == partition && old.segment() >= first && old.segment() <= last) {
                    builder.add(
                            idMsb(partition),
                            idLsb(partition),
                            partition,
                            old.baseOffset(),
                            (int) (old.lastOffset() - old.baseOffset()),
                            at,
                            old.sizeBytes(),
                            old.leaderEpoch(),
                            old.maxTimestamp());
                    batches.set(i, new Batch(partition, moved(old, first, at)));
                    at += old.sizeBytes();
                }
            }
        }
        Path file = directory.path().resolve(files++ + ".idx");
        SegmentInfo info = new SegmentInfo(
                first, last, left.info().firstLsn(), right.info().endLsn(), at, 50);
        builder.write(file, info, this);
        SegmentIndex merged = open(file);
        for (int segment = first; segment <= last; segment++) {
            sealed.put(segment, merged);
        }
    }

    private static BatchLocation moved(BatchLocation batch, int segment, long position) {
        return new BatchLocation(
                segment,
                position,
                batch.sizeBytes(),
                batch.baseOffset(),
                batch.lastOffset(),
                batch.leaderEpoch(),
                batch.maxTimestamp());
    }

    private SegmentIndex choose(int choice) {
        List<Integer> ordinals = sealed.keySet().stream().sorted().toList();
        return ordinals.isEmpty() ? null : sealed.get(ordinals.get(choice % ordinals.size()));
    }

    void advanceLogStart(int partition, long by) {
        int row = rows[partition];
        long start = partitions.logStartOffset(row);
        partitions.setLogStartOffset(row, Math.min(start + by, partitions.nextOffset(row)));
        undo = () -> {};
    }

    long logStart(int partition) {
        return partitions.logStartOffset(rows[partition]);
    }

    long nextOffset(int partition) {
        return partitions.nextOffset(rows[partition]);
    }

    boolean isSealed(int segment) {
        return sealed.containsKey(segment);
    }

    List<BatchLocation> all(int partition) {
        return batches.stream()
                .filter(batch -> batch.partition == partition)
                .map(Batch::at)
                .toList();
    }

    List<BatchLocation> live(int partition) {
        return all(partition).stream()
                .filter(batch -> batch.lastOffset() >= logStart(partition))
                .toList();
    }

    PartitionIndex index(int partition) {
        return snapshot().of(partitions, rows[partition]);
    }

    IndexSnapshot snapshot() {
        List<ActiveIndexView> views = new ArrayList<>();
        rolled.values().forEach(segment -> views.add(segment.view));
        views.add(active.view());
        return new IndexSnapshot(views, this);
    }

    int firstInMemory() {
        return rolled.isEmpty() ? active.segment() : rolled.firstKey();
    }

    int activeSegment() {
        return active.segment();
    }

    int newestBelow(int partition, int segment) {
        return snapshot().newestBelow(partitions.snapshot(), rows[partition], segment);
    }

    @Override
    public Optional<SegmentIndex> find(int segment) {
        return Optional.ofNullable(sealed.get(segment));
    }

    @Override
    public void close() {
        try {
            for (SegmentIndex index : opened) {
                index.close();
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        directory.close();
    }
}
