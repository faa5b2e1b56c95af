package io.braid.log;

import io.braid.log.index.BatchLocation;
import io.braid.log.index.PartitionIndex;
import io.braid.protocol.records.BatchHeader;
import io.braid.protocol.records.FetchedRecords;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A partition as it was at one moment. Immutable; usable from any thread. File access may block when the data is cold:
 * use reader threads unless {@link #hot}. Throws {@link SegmentGoneException} when retention removed what it points to.
 */
public final class PartitionView {
    /** Looks at segments that were rewritten meanwhile, before giving up. */
    private static final int LOOKS = 4;

    /** Batches of one producer that a repeated one may be among. */
    private static final int PRODUCER_BATCHES = 5;

    /** Batches of a partition that are looked at for it, with those of other producers. */
    private static final int SEARCHED_BATCHES = 100;

    private final SegmentSet set;
    /** What the index was taken over. */
    private final SegmentList segments;

    private final PartitionIndex index;
    private final long logStartOffset;
    private final long nextOffset;
    private final long sizeBytes;
    private final long oldestInMemory;

    /** @param segments as of the moment when the index was taken */
    PartitionView(
            SegmentSet set,
            SegmentList segments,
            PartitionIndex index,
            long logStartOffset,
            long nextOffset,
            long sizeBytes) {
        this.set = set;
        this.segments = segments;
        this.index = index;
        this.logStartOffset = logStartOffset;
        this.nextOffset = nextOffset;
        this.sizeBytes = sizeBytes;
        this.oldestInMemory = index.oldestOffsetInMemory();
    }

    /** What is done with a view; again, when segments are rewritten under its hands. */
    private interface Look<T> {
        T at(PartitionView view) throws IOException;
    }

    private <T> T look(Look<T> look) throws IOException {
        PartitionView view = this;
        for (int i = 1; ; i++) {
            try {
                return look.at(view);
            } catch (SegmentGoneException | ClosedChannelException e) {
                if (i == LOOKS || view.segments == set.list()) {
                    throw e;
                }
                view = view.now();
            }
        }
    }

    /** The same moment of the partition, over the segments as they are by now. */
    private PartitionView now() {
        SegmentList now = set.list();
        PartitionIndex moved = index.over(now, ordinal -> {
            Segment segment = now.get(ordinal);
            return segment == null || !segment.isRewritten();
        });
        return new PartitionView(set, now, moved, logStartOffset, nextOffset, sizeBytes);
    }

    /** First offset that may be read. */
    public long logStartOffset() {
        return logStartOffset;
    }

    /** Offset that the next record gets. */
    public long nextOffset() {
        return nextOffset;
    }

    /** Bytes of the partition's live batches; an estimate after its log start has moved. */
    public long sizeBytes() {
        return sizeBytes;
    }

    /** Whether an offset is in a segment whose index is in memory and whose data, written lately, almost surely is. */
    public boolean hot(long offset) {
        return offset >= oldestInMemory || offset >= nextOffset;
    }

    /**
     * Reads whole batches, the first of which contains {@code offset} or is the first after it. At most one segment is read
     * a call, so an answer may be short of {@code maxBytes}. Bytes that had to come from the disk are checked against their
     * CRC and are in memory afterwards, so that sending a file range does not block.
     *
     * @param maxBytes bytes wanted at most
     * @param atLeastOneBatch returns the first batch even when it is larger than {@code maxBytes}
     * @param endOffset exclusive limit (high watermark): no batch that reaches beyond is returned
     * @return owned by the caller, who releases it or hands it to a reply; {@link FetchedRecords#EMPTY} when there is
     *     nothing
     * @throws SegmentGoneException take a new view and retry
     * @throws CorruptBatchException the disk has damaged the batch
     */
    public FetchedRecords read(
            long offset, int maxBytes, boolean atLeastOneBatch, long endOffset, ByteBufAllocator alloc)
            throws IOException {
        long end = Math.min(endOffset, nextOffset);
        if (offset >= end || offset < logStartOffset) {
            return FetchedRecords.EMPTY;
        }
        return look(view -> view.readHere(offset, maxBytes, atLeastOneBatch, end, alloc));
    }

    private FetchedRecords readHere(
            long offset, int maxBytes, boolean atLeastOneBatch, long end, ByteBufAllocator alloc) throws IOException {
        BatchRun run = BatchRun.collect(index.from(offset), maxBytes, atLeastOneBatch, end);
        if (run.isEmpty()) {
            return FetchedRecords.EMPTY;
        }
        return withFile(run.segment(), (segment, file) -> run.read(file, segment.isSealed(), alloc));
    }

    /** First record with a timestamp of at least {@code timestampMs}, below {@code endOffset}. May block. */
    public Optional<OffsetAndTimestamp> offsetForTimestamp(long timestampMs, long endOffset) throws IOException {
        return look(view -> view.offsetForTimestampHere(timestampMs, endOffset));
    }

    private Optional<OffsetAndTimestamp> offsetForTimestampHere(long timestampMs, long endOffset) throws IOException {
        long end = Math.min(endOffset, nextOffset);
        long from = logStartOffset;
        while (from < end) {
            Optional<BatchLocation> batch = index.firstWithTimestamp(timestampMs, from, end);
            if (batch.isEmpty()) {
                return Optional.empty();
            }
            Optional<OffsetAndTimestamp> record =
                    RecordSearch.firstAtOrAfter(readBatch(batch.get()), timestampMs, from, end);
            if (record.isPresent()) {
                return record;
            }
            from = batch.get().lastOffset() + 1;
        }
        return Optional.empty();
    }

    /** The first record with the partition's largest timestamp, below {@code endOffset}. May block. */
    public Optional<OffsetAndTimestamp> maxTimestamp(long endOffset) throws IOException {
        return look(view -> view.maxTimestampHere(endOffset));
    }

    private Optional<OffsetAndTimestamp> maxTimestampHere(long endOffset) throws IOException {
        long end = Math.min(endOffset, nextOffset);
        Optional<BatchLocation> batch = index.withMaxTimestamp(logStartOffset, end);
        if (batch.isEmpty()) {
            return Optional.empty();
        }
        return RecordSearch.firstAtOrAfter(readBatch(batch.get()), batch.get().maxTimestamp(), logStartOffset, end);
    }

    /**
     * Where {@code leaderEpoch} ends: the base offset of the first batch with a greater epoch, else the log end. The epoch of
     * the answer is that of the last batch before it, or the one asked for when there is none. May block.
     */
    public EpochEnd endOfEpoch(int leaderEpoch) throws IOException {
        return look(view -> view.endOfEpochHere(leaderEpoch));
    }

    private EpochEnd endOfEpochHere(int leaderEpoch) throws IOException {
        long end = index.endOfEpoch(leaderEpoch).orElse(nextOffset);
        Optional<BatchLocation> last = end > 0 ? index.floor(end - 1) : Optional.empty();
        return new EpochEnd(last.map(BatchLocation::leaderEpoch).orElse(leaderEpoch), Math.max(end, logStartOffset));
    }

    /** Leader epoch of the batch that contains {@code offset}, or of the last one before it; -1 when there is none. */
    public int leaderEpochAt(long offset) throws IOException {
        return look(
                view -> view.index.floor(offset).map(BatchLocation::leaderEpoch).orElse(-1));
    }

    /**
     * Base offset of a producer's batch with these sequences, among its last {@value #PRODUCER_BATCHES}: as many as Kafka remembers, and
     * as an idempotent client has on the way. It is found through the index, from the producer's newest batch back over those of
     * other producers, {@value #SEARCHED_BATCHES} in all.
     *
     * @param newestOffset last offset of the producer's newest batch
     */
    public OptionalLong findBatch(long producerId, short epoch, int baseSequence, int lastSequence, long newestOffset)
            throws IOException {
        return look(view -> view.findBatchHere(producerId, epoch, baseSequence, lastSequence, newestOffset));
    }

    private OptionalLong findBatchHere(
            long producerId, short epoch, int baseSequence, int lastSequence, long newestOffset) throws IOException {
        long before = Math.min(nextOffset, newestOffset + 1);
        int own = 0;
        for (int i = 0; i < SEARCHED_BATCHES && own < PRODUCER_BATCHES && before > logStartOffset; i++) {
            Optional<BatchLocation> batch = index.floor(before - 1);
            if (batch.isEmpty()) {
                break;
            }
            BatchLocation at = batch.get();
            ByteBuffer header = withFile(at.segment(), (segment, file) -> BatchRun.header(file, at));
            if (RecordSearch.isFrom(header, producerId, epoch)) {
                if (BatchHeader.baseSequence(header, 0) == baseSequence
                        && BatchHeader.lastSequence(header, 0) == lastSequence) {
                    return OptionalLong.of(at.baseOffset());
                }
                own++;
            }
            before = at.baseOffset();
        }
        return OptionalLong.empty();
    }

    private ByteBuffer readBatch(BatchLocation at) throws IOException {
        return withFile(at.segment(), (segment, file) -> BatchRun.whole(file, at));
    }

    /** What is done with a segment's file while it is retained. */
    private interface FileUse<T> {
        T apply(Segment segment, SegmentFile file) throws IOException;
    }

    private <T> T withFile(int ordinal, FileUse<T> use) throws IOException {
        Segment segment = segments.get(ordinal);
        if (segment == null || !segment.file.tryRetain()) {
            throw segment == null ? new SegmentGoneException("segment " + ordinal + " was deleted") : segment.gone();
        }
        try {
            return use.apply(segment, segment.file);
        } finally {
            segment.file.release();
        }
    }
}
