package io.braid.log.index;

import io.braid.log.rows.Attributes;
import io.braid.log.rows.RowFileWriter;
import io.braid.log.rows.Section;
import io.braid.log.table.PartitionSnapshot;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Writes index files. Any thread; blocks. */
public final class SegmentIndexWriter {
    private final SegmentInfo info;
    private final PartitionSnapshot partitions;
    private final ActiveIndexView index;
    private final SegmentLinks links;
    /** Rows of the partitions that are in the segment, sorted by key. */
    private final int[] sorted;
    /** Number of batches of each of them. */
    private final int[] counts;

    private SegmentIndexWriter(
            SegmentInfo info, PartitionSnapshot partitions, ActiveIndexView index, SegmentIndexes older) {
        this.info = info;
        this.partitions = partitions;
        this.index = index;
        this.links = new SegmentLinks(older);
        this.sorted = sortedPartitions();
        this.counts = new int[sorted.length];
    }

    /**
     * Writes the index of a rolled segment, atomically (temporary file, force, rename, force of the directory).
     *
     * @param partitions taken when the segment was rolled, before the next segment got its first row
     * @param index of the segment, with all its rows
     * @param older finds the earlier sealed segments: segments must be sealed in order
     * @return size of the file in bytes
     */
    public static long write(
            Path file, SegmentInfo info, PartitionSnapshot partitions, ActiveIndexView index, SegmentIndexes older)
            throws IOException {
        return new SegmentIndexWriter(info, partitions, index, older).write(file);
    }

    private int[] sortedPartitions() {
        int[] found = new int[Math.min(partitions.size(), index.rows())];
        int[] size = {0};
        partitions.forEach(row -> {
            if (partitions.newestSegment(row) == index.segment()) {
                found[size[0]++] = row;
            }
        });
        int[] rows = Arrays.copyOf(found, size[0]);
        RowSort.sort(
                rows,
                (row, other) -> PartitionKey.compare(
                        partitions.topicIdMsb(row),
                        partitions.topicIdLsb(row),
                        partitions.partition(row),
                        partitions.topicIdMsb(other),
                        partitions.topicIdLsb(other),
                        partitions.partition(other)));
        return rows;
    }

    private long write(Path file) throws IOException {
        long batches = countBatches();
        Attributes attributes = attributes();
        Section directory = Section.of(IndexFormat.DIRECTORY, IndexFormat.DIRECTORY_BYTES, sorted.length);
        List<Section> fences = fences(directory);
        List<Section> sections = new ArrayList<>();
        sections.add(attributes.section());
        sections.addAll(fences);
        sections.add(directory);
        sections.add(Section.of(IndexFormat.BATCHES, IndexFormat.BATCH_BYTES, batches));
        LsnMarks marks = index.marks();
        if (marks.size() > 0) {
            sections.add(Section.of(IndexFormat.MARKS, IndexFormat.MARK_BYTES, marks.size()));
        }
        long stamp = info.firstLsn() * 31 + info.endLsn();
        try (RowFileWriter writer = new RowFileWriter(file, IndexFormat.MAGIC, stamp, sections)) {
            attributes.write(writer);
            writeFences(writer, directory, fences);
            writeDirectory(writer);
            writeBatches(writer);
            for (int i = 0; i < marks.size(); i++) {
                writer.row().putLong(marks.lsn(i)).putLong(marks.position(i));
            }
            return writer.commit();
        }
    }

    private long countBatches() {
        long batches = 0;
        for (int i = 0; i < sorted.length; i++) {
            for (int row = head(i); row >= 0; row = index.previous(row)) {
                counts[i]++;
            }
            batches += counts[i];
        }
        return batches;
    }

    private int head(int i) {
        return partitions.newestActiveRow(sorted[i]);
    }

    private Attributes attributes() {
        Map<Integer, Long> tags = new HashMap<>(Map.of(
                IndexFormat.TAG_FIRST_SEGMENT, (long) info.firstSegment(),
                IndexFormat.TAG_LAST_SEGMENT, (long) info.lastSegment(),
                IndexFormat.TAG_FIRST_LSN, info.firstLsn(),
                IndexFormat.TAG_END_LSN, info.endLsn(),
                IndexFormat.TAG_END_POSITION, info.endPosition(),
                IndexFormat.TAG_SEALED_MS, info.sealedMs()));
        if (info.rewrite() > 0) {
            tags.put(IndexFormat.TAG_REWRITE, (long) info.rewrite());
        }
        return new Attributes(tags);
    }

    private static List<Section> fences(Section directory) {
        List<Section> fences = new ArrayList<>();
        Section below = directory;
        while (below.rows() > below.rowsPerPage()) {
            long pages = (below.rows() + below.rowsPerPage() - 1) / below.rowsPerPage();
            below = Section.of(IndexFormat.FENCES + fences.size(), IndexFormat.FENCE_BYTES, pages);
            fences.add(below);
        }
        return fences;
    }

    private void writeFences(RowFileWriter writer, Section directory, List<Section> fences) throws IOException {
        long entriesPerFence = directory.rowsPerPage();
        for (Section level : fences) {
            for (long fence = 0; fence < level.rows(); fence++) {
                putKey(writer.row(), sorted[(int) (fence * entriesPerFence)]);
            }
            entriesPerFence *= level.rowsPerPage();
        }
    }

    private ByteBuffer putKey(ByteBuffer row, int partitionRow) {
        return row.putLong(partitions.topicIdMsb(partitionRow))
                .putLong(partitions.topicIdLsb(partitionRow))
                .putInt(partitions.partition(partitionRow));
    }

    private void writeDirectory(RowFileWriter writer) throws IOException {
        int firstRow = 0;
        for (int i = 0; i < sorted.length; i++) {
            writeEntry(writer.row(), i, firstRow);
            firstRow += counts[i];
        }
    }

    private void writeEntry(ByteBuffer out, int i, int firstRow) throws IOException {
        int head = head(i);
        int oldest = head;
        long bytes = 0;
        for (int row = head; row >= 0; row = index.previous(row)) {
            bytes += index.sizeBytes(row);
            oldest = row;
        }
        long maxTimestamp = index.runningMaxTimestamp(head);
        SegmentLinks.Links previous = links.of(key(sorted[i]), index.previousSegment(oldest));
        putKey(out, sorted[i])
                .putInt(firstRow)
                .putInt(counts[i])
                .putInt(index.leaderEpoch(head))
                .putLong(index.baseOffset(oldest))
                .putLong(index.lastOffset(head))
                .putLong(bytes)
                .putLong(maxTimestamp)
                .putLong(Math.max(previous.runningMaxTimestamp(), maxTimestamp))
                .putInt(previous.previousSegment())
                .putInt(previous.jumpSegment())
                .put((byte) previous.jumpRank());
    }

    private PartitionKey key(int partitionRow) {
        return new PartitionKey(
                partitions.topicIdMsb(partitionRow),
                partitions.topicIdLsb(partitionRow),
                partitions.partition(partitionRow));
    }

    private void writeBatches(RowFileWriter writer) throws IOException {
        int[] chain = new int[16];
        for (int i = 0; i < sorted.length; i++) {
            if (counts[i] > chain.length) {
                chain = new int[Math.max(counts[i], chain.length * 2)];
            }
            int at = counts[i];
            for (int row = head(i); row >= 0; row = index.previous(row)) {
                chain[--at] = row;
            }
            for (int batch = 0; batch < counts[i]; batch++) {
                writeBatch(writer.row(), chain[batch]);
            }
        }
    }

    private void writeBatch(ByteBuffer out, int row) {
        out.putLong(index.baseOffset(row))
                .putInt((int) (index.lastOffset(row) - index.baseOffset(row)))
                .putInt((int) index.position(row))
                .putInt(index.sizeBytes(row))
                .putInt(index.leaderEpoch(row))
                .putLong(index.maxTimestamp(row))
                .putLong(index.runningMaxTimestamp(row));
    }
}
