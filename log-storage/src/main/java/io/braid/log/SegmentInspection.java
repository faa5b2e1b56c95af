package io.braid.log;

import static io.braid.log.LogInspection.SegmentPath.COMPACTED;
import static io.braid.log.LogInspection.SegmentPath.REWRITTEN;
import static io.braid.log.LogInspection.SegmentPath.UNSEALED;

import io.braid.log.index.SegmentIndex;
import io.braid.log.rewrite.RewrittenFile;
import io.braid.log.table.Checkpoint;
import io.braid.log.table.PartitionTable;
import io.braid.protocol.records.BatchHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.apache.kafka.common.Uuid;

/** Reads the segments of a log one after the other for {@link LogInspection}, with their indexes. One thread; blocks. */
final class SegmentInspection {
    private final LogInspection.Visitor visitor;
    private final int logTag;
    private final LogStarts starts;
    private final CompactedEnds compacted;
    private final Optional<Checkpoint> checkpoint;
    private long nextLsn = -1;
    /** That the compacted segment at hand belongs to. */
    private int run;

    /**
     * @param starts from where on partitions can be read
     * @param compacted what of them counts in compacted segments
     */
    SegmentInspection(
            LogInspection.Visitor visitor,
            int logTag,
            LogStarts starts,
            CompactedEnds compacted,
            Optional<Checkpoint> checkpoint) {
        this.visitor = visitor;
        this.logTag = logTag;
        this.starts = starts;
        this.compacted = compacted;
        this.checkpoint = checkpoint;
    }

    /** Reads a compacted segment. */
    void inspect(CompactedFiles.Found segment) throws IOException {
        run = segment.run();
        inspect(new LogInspection.SegmentPath(segment.path(), COMPACTED, segment.ordinal(), 0));
    }

    /** Reads a segment that is there. */
    void inspect(LogInspection.SegmentPath segment) throws IOException {
        SegmentTally tally = new SegmentTally(segment.is(COMPACTED));
        long bytes;
        try {
            bytes = Files.size(segment.path());
            if (segment.is(REWRITTEN)) {
                rewritten(segment, tally);
            } else {
                appended(segment, tally);
            }
        } catch (NoSuchFileException e) {
            return; // deleted, or sealed under another name, while we were looking
        }
        if (!segment.is(UNSEALED)) {
            index(segment, tally, bytes);
        }
        visitor.onSegment(tally.segment(segment, bytes));
    }

    /** Tells of a segment of which only the index is there. */
    void inspectLost(LogFiles.Sealed lost) throws IOException {
        try (SegmentIndex index = SegmentIndex.open(LogFiles.index(lost.path()))) {
            visitor.onProblem(new LogProblem(
                    lost.path(), 0, "missing; it held " + HeldBatches.describe(index, 0, Long.MAX_VALUE)));
        } catch (IOException e) {
            visitor.onProblem(new LogProblem(lost.path(), 0, "missing, and its index cannot be read"));
        }
    }

    private void problem(SegmentTally tally, Path file, long position, String what) {
        tally.problems++;
        visitor.onProblem(new LogProblem(file, position, what));
    }

    private void appended(LogInspection.SegmentPath segment, SegmentTally tally) throws IOException {
        try (FileChannel channel = FileChannel.open(segment.path(), StandardOpenOption.READ)) {
            EntryScanner scanner = new EntryScanner(channel, logTag);
            while (true) {
                EntryScanner.Step step = scanner.next(EntryScanner.ANY_LSN);
                if (step != EntryScanner.Step.ENTRY && !skipsDamage(segment, tally, scanner, step, channel.size())) {
                    return;
                }
                entry(segment, tally, scanner);
            }
        }
    }

    /** Goes on behind what is no good entry, and tells of it; false at the segment's end. */
    private boolean skipsDamage(
            LogInspection.SegmentPath segment,
            SegmentTally tally,
            EntryScanner scanner,
            EntryScanner.Step step,
            long size)
            throws IOException {
        long at = scanner.position();
        if (step == EntryScanner.Step.END && (scanner.atEndMark() || at >= size)) {
            return false;
        }
        if (scanner.search(EntryScanner.ANY_LSN)) {
            problem(tally, segment.path(), at, "no good entry up to " + scanner.entryPosition());
            return true;
        }
        boolean sealed = !segment.is(UNSEALED);
        if (sealed || step == EntryScanner.Step.INVALID) {
            problem(tally, segment.path(), at, "no good entry from here on" + (sealed ? "" : "; the log may end here"));
        }
        return false;
    }

    private void entry(LogInspection.SegmentPath segment, SegmentTally tally, EntryScanner scanner) {
        ByteBuffer buffer = scanner.buffer();
        int header = scanner.header();
        byte type = EntryHeader.type(buffer, header);
        long lsn = EntryHeader.lsn(buffer, header);
        if (segment.is(COMPACTED)) {
            tally.onEntry();
        } else {
            lsn(segment, tally, lsn, type == EntryType.TRUNCATION, scanner.entryPosition());
        }
        Optional<ByteBuffer> batch = Optional.empty();
        if (type == EntryType.BATCH) {
            int at = scanner.payload();
            batch = Optional.of(buffer.slice(at, BatchHeader.sizeInBytes(buffer, at)));
            batch(
                    segment,
                    tally,
                    lsn,
                    EntryHeader.topicIdMsb(buffer, header),
                    EntryHeader.topicIdLsb(buffer, header),
                    EntryHeader.partition(buffer, header),
                    batch.get(),
                    scanner.entryPosition() + (at - header));
        }
        visitor.onEntry(new InspectedEntry(
                segment.path(),
                scanner.entryPosition(),
                lsn,
                EntryType.name(type),
                EntryHeader.leaderEpoch(buffer, header),
                new Uuid(EntryHeader.topicIdMsb(buffer, header), EntryHeader.topicIdLsb(buffer, header)),
                EntryHeader.partition(buffer, header),
                EntryHeader.baseOffset(buffer, header),
                batch));
    }

    /** Checks that an LSN follows the one before. */
    private void lsn(
            LogInspection.SegmentPath segment, SegmentTally tally, long lsn, boolean truncation, long position) {
        if (!truncation && nextLsn >= 0 && lsn != nextLsn && (tally.entries > 0 || lsn < nextLsn)) {
            problem(tally, segment.path(), position, "LSN " + lsn + " where " + nextLsn + " is due");
        }
        nextLsn = truncation ? lsn : lsn + 1;
        tally.onEntry(lsn, nextLsn);
    }

    private boolean isLive(LogInspection.SegmentPath segment, long idMsb, long idLsb, int partition, long lastOffset) {
        boolean counts = segment.is(COMPACTED)
                ? compacted.counts(run, idMsb, idLsb, partition)
                : lastOffset >= compacted.endOffset(idMsb, idLsb, partition);
        return counts && starts.isLive(idMsb, idLsb, partition, lastOffset);
    }

    private void batch(
            LogInspection.SegmentPath segment,
            SegmentTally tally,
            long lsn,
            long idMsb,
            long idLsb,
            int partition,
            ByteBuffer batch,
            long position) {
        long lastOffset = BatchHeader.lastOffset(batch, 0);
        tally.onBatch(idMsb, idLsb, partition, batch, position, isLive(segment, idMsb, idLsb, partition, lastOffset));
        if (checkpoint.isPresent()
                && !segment.is(COMPACTED)
                && lsn < checkpoint.get().at().lsn()) {
            PartitionTable table = checkpoint.get().partitions();
            int row = table.find(idMsb, idLsb, partition);
            if (row >= 0 && table.nextOffset(row) <= lastOffset) {
                problem(
                        tally,
                        segment.path(),
                        position,
                        "offset " + lastOffset + " of " + HeldBatches.partition(idMsb, idLsb, partition)
                                + ", whose next one is " + table.nextOffset(row) + " by the checkpoint");
            }
        }
    }

    private void rewritten(LogInspection.SegmentPath segment, SegmentTally tally) throws IOException {
        try (RewrittenFile file = RewrittenFile.open(segment.path(), logTag)) {
            if (file.info().isEmpty()) {
                problem(tally, segment.path(), 0, "the file's header is damaged");
            }
            file.forEach(new RewrittenFile.Visitor() {
                private long idMsb;
                private long idLsb;
                private int partition;

                @Override
                public void onPartition(long msb, long lsb, int number, int previousSegment, int batches) {
                    idMsb = msb;
                    idLsb = lsb;
                    partition = number;
                }

                @Override
                public void onBatch(long lsn, ByteBuffer batch, long position) {
                    ByteBuffer bytes = batch.slice(0, BatchHeader.sizeInBytes(batch, 0));
                    tally.onEntry(lsn, lsn + 1);
                    SegmentInspection.this.batch(segment, tally, lsn, idMsb, idLsb, partition, bytes, position);
                    visitor.onEntry(new InspectedEntry(
                            segment.path(),
                            position,
                            lsn,
                            EntryType.name(EntryType.BATCH),
                            BatchHeader.leaderEpoch(bytes, 0),
                            new Uuid(idMsb, idLsb),
                            partition,
                            BatchHeader.baseOffset(bytes, 0),
                            Optional.of(bytes)));
                }

                @Override
                public void onControl(ByteBuffer entry) {
                    long lsn = EntryHeader.lsn(entry, 0);
                    if (!EntryHeader.plausible(entry, 0) || !EntryHeader.verifyCrc(entry, 0, new CRC32C())) {
                        problem(tally, segment.path(), 0, "an entry without a batch has a wrong checksum");
                        return;
                    }
                    tally.onEntry(lsn, lsn + 1);
                    visitor.onEntry(new InspectedEntry(
                            segment.path(),
                            0,
                            lsn,
                            EntryType.name(EntryHeader.type(entry, 0)),
                            EntryHeader.leaderEpoch(entry, 0),
                            new Uuid(EntryHeader.topicIdMsb(entry, 0), EntryHeader.topicIdLsb(entry, 0)),
                            EntryHeader.partition(entry, 0),
                            EntryHeader.baseOffset(entry, 0),
                            Optional.empty()));
                }

                @Override
                public void onDamage(long position, String reason) {
                    problem(tally, segment.path(), position, reason);
                }
            });
        }
        nextLsn = Math.max(nextLsn, tally.endLsn());
    }

    /** Checks every page of the index, and that it knows of just the batches that are in the segment. */
    private void index(LogInspection.SegmentPath segment, SegmentTally tally, long bytes) throws IOException {
        Path path = LogFiles.index(segment.path());
        try (SegmentIndex index = SegmentIndex.open(path)) {
            index.verify();
            SegmentTally known = SegmentTally.of(index);
            if (index.info().endPosition() > bytes) {
                problem(
                        tally,
                        segment.path(),
                        bytes,
                        "ends here instead of at " + index.info().endPosition() + "; behind it were "
                                + HeldBatches.describe(index, bytes, Long.MAX_VALUE));
            } else if (!known.hasSameBatches(tally)) {
                problem(
                        tally,
                        path,
                        0,
                        "knows of " + known.batches + " batches, the segment has " + tally.batches
                                + (known.batches == tally.batches ? " others" : ""));
            }
        } catch (NoSuchFileException e) {
            problem(tally, path, 0, "missing; a node writes it anew");
        } catch (IOException e) {
            problem(tally, path, 0, e.getMessage() + "; a node writes it anew");
        }
    }
}
