package io.braid.log.rewrite;

import io.braid.log.index.DirectoryEntry;
import io.braid.log.index.SegmentIndexBuilder;
import io.braid.log.index.SegmentIndexes;
import io.braid.log.index.SegmentInfo;
import io.braid.protocol.records.BatchHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;

/**
 * Makes a rewritten segment of one or more neighbouring sealed ones, in pieces: each {@link #advance} reads about so many bytes, so that whoever
 * calls can keep to a rate. Every batch is checked when it is read. Nothing counts before the {@link SegmentManifest} names the result. Owned by one
 * thread at a time; blocks.
 */
public final class SegmentRewrite implements AutoCloseable {
    private final RewriteTarget target;
    private final List<RewriteSource> sources;
    private final BatchSelector selector;
    private final SegmentIndexes older;
    private final FileStep step;
    private final Path temporary;
    private final SourceBatch batch = new SourceBatch();
    private final SegmentIndexBuilder index;

    private RewriteOutput out;
    private PartitionMerge merge;
    private RewrittenSection section;
    /** The current partition in the oldest source that holds it; null between partitions. */
    private DirectoryEntry partition;

    private int prepared;
    private int sections;
    private int batchesKept;
    private long bytesRead;
    private long bytesKept;
    private boolean copied;
    private boolean finished;

    /**
     * @param target its files
     * @param sources in log order, with no other segment of the log between them; what lay between them was deleted
     * @param selector what becomes of each batch
     * @param older finds the sealed segments before the sources
     * @param step for tests
     */
    public SegmentRewrite(
            RewriteTarget target,
            List<RewriteSource> sources,
            BatchSelector selector,
            SegmentIndexes older,
            FileStep step) {
        if (sources.isEmpty()) {
            throw new IllegalArgumentException("nothing to rewrite");
        }
        this.target = target;
        this.sources = List.copyOf(sources);
        this.selector = selector;
        this.older = older;
        this.step = step;
        this.temporary = target.file().resolveSibling(target.file().getFileName() + ".tmp");
        this.index =
                new SegmentIndexBuilder(sources.get(0).info().firstSegment(), (idMsb, idLsb, id) -> previousSegment());
        checkNeighbours();
    }

    private void checkNeighbours() {
        for (int i = 1; i < sources.size(); i++) {
            SegmentInfo before = sources.get(i - 1).info();
            SegmentInfo next = sources.get(i).info();
            if (before.endLsn() > next.firstLsn() || before.lastSegment() >= next.firstSegment()) {
                throw new IllegalArgumentException(before + " is not the neighbour of " + next);
            }
        }
    }

    /**
     * Goes on copying.
     *
     * @param maxBytes read at most, but for one batch
     * @return whether all is copied
     * @throws DamagedSourceException a source cannot be copied
     */
    public boolean advance(long maxBytes) throws IOException {
        long limit = bytesRead + maxBytes;
        while (!copied && bytesRead < limit) {
            if (prepared < sources.size()) {
                long some = sources.get(prepared).prepare(limit - bytesRead);
                bytesRead += some;
                prepared += some == 0 ? 1 : 0;
            } else {
                if (out == null) {
                    begin();
                }
                copied = !copyOne();
            }
        }
        return copied;
    }

    private void begin() throws IOException {
        out = new RewriteOutput(temporary);
        step.done();
        out.write(RewrittenFormat.fileHeader(info(0), target.logTag()));
        merge = new PartitionMerge(sources);
        long start = out.position();
        out.zeros(RewrittenFormat.HEADER_BYTES);
        int controls = 0;
        for (RewriteSource source : sources) {
            for (ByteBuffer control : source.controls()) {
                out.write(control.duplicate());
                controls++;
            }
        }
        out.fill(
                start,
                RewrittenFormat.sectionHead(
                        new RewrittenFormat.Section(
                                RewrittenFormat.CONTROLS,
                                0,
                                0,
                                0,
                                controls,
                                0,
                                (long) controls * RewrittenFormat.CONTROL_BYTES,
                                -1),
                        new long[0],
                        new int[0],
                        target.logTag()));
        sections = 1;
    }

    /** Copies a batch or goes to the next partition; false when there is nothing left. */
    private boolean copyOne() throws IOException {
        if (partition == null) {
            if (!merge.nextPartition()) {
                return false;
            }
            partition = merge.first();
        }
        if (!merge.nextBatch()) {
            endPartition();
            return true;
        }
        batch.set(
                sources.get(merge.source()),
                partition.topicIdMsb(),
                partition.topicIdLsb(),
                partition.partition(),
                merge.location(),
                merge.row());
        BatchSelector.Verdict verdict = selector.select(batch);
        if (verdict != BatchSelector.Verdict.DROP) {
            keep(verdict.bytes() == null ? batch.bytes() : verdict.bytes());
        }
        return true;
    }

    private void endPartition() throws IOException {
        if (section != null) {
            section.finish();
            section = null;
        }
        partition = null;
    }

    private void keep(ByteBuffer bytes) throws IOException {
        int at = bytes.position();
        int size = bytes.remaining();
        if (BatchHeader.sizeInBytes(bytes, at) != size
                || BatchHeader.baseOffset(bytes, at) != batch.at().baseOffset()
                || BatchHeader.lastOffset(bytes, at) != batch.at().lastOffset()) {
            throw new IllegalArgumentException("the replacement of " + batch.at() + " has other offsets or no length");
        }
        if (section == null) {
            section = new RewrittenSection(
                    out,
                    target.logTag(),
                    partition.topicIdMsb(),
                    partition.topicIdLsb(),
                    partition.partition(),
                    previousSegment(),
                    merge.batchesLeft());
            sections++;
        }
        int lastOffsetDelta = BatchHeader.lastOffsetDelta(bytes, at);
        int leaderEpoch = BatchHeader.leaderEpoch(bytes, at);
        long maxTimestamp = BatchHeader.maxTimestamp(bytes, at);
        long position = section.add(batch.lsn(), bytes);
        index.add(
                partition.topicIdMsb(),
                partition.topicIdLsb(),
                partition.partition(),
                batch.at().baseOffset(),
                lastOffsetDelta,
                position,
                size,
                leaderEpoch,
                maxTimestamp);
        bytesRead += batch.at().sizeBytes();
        bytesKept += size;
        batchesKept++;
    }

    /**
     * Where the current partition goes on before the sources. A link to a segment between them, or to a source that does not hold the partition any
     * more, leads nowhere: all of it from there on is gone.
     */
    private int previousSegment() {
        int previous = partition.previousSegment();
        return previous < sources.get(0).info().firstSegment() ? previous : -1;
    }

    /** Bytes read so far. */
    public long bytesRead() {
        return bytesRead;
    }

    /** Bytes of the batches written so far. */
    public long bytesKept() {
        return bytesKept;
    }

    private SegmentInfo info(long endPosition) {
        SegmentInfo first = sources.get(0).info();
        SegmentInfo last = sources.get(sources.size() - 1).info();
        long sealedMs = sources.stream()
                .mapToLong(source -> source.info().sealedMs())
                .max()
                .orElseThrow();
        return new SegmentInfo(
                first.firstSegment(),
                last.lastSegment(),
                first.firstLsn(),
                last.endLsn(),
                endPosition,
                sealedMs,
                target.rewrite());
    }

    /**
     * Forces the file, gives it its name, and writes the index: both are whole and durable, but do not count yet.
     *
     * @return empty when no batch was kept; there is no file then
     */
    public Optional<SegmentInfo> finish() throws IOException {
        if (!copied) {
            throw new IllegalStateException("not all is copied");
        }
        if (batchesKept == 0) {
            close();
            return Optional.empty();
        }
        out.zeros(RewrittenFormat.align(out.position()) - out.position());
        out.write(RewrittenFormat.sectionHead(
                new RewrittenFormat.Section(RewrittenFormat.END, 0, 0, 0, sections, 0, 0, -1),
                new long[0],
                new int[0],
                target.logTag()));
        SegmentInfo info = info(out.position());
        out.force();
        out.close();
        step.done();
        Files.move(temporary, target.file(), StandardCopyOption.ATOMIC_MOVE);
        finished = true;
        step.done();
        force(target.file().getParent());
        index.write(target.index(), info, older);
        step.done();
        return Optional.of(info);
    }

    private static void force(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** Lets go of the files; removes what was written unless it was finished. */
    @Override
    public void close() throws IOException {
        if (out != null && !finished) {
            out.close();
            Files.deleteIfExists(temporary);
        }
        finished = true;
    }
}
