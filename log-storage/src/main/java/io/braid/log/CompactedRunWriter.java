package io.braid.log;

import io.braid.log.index.ActiveIndex;
import io.braid.log.index.PartitionKey;
import io.braid.log.index.SegmentIndexBuilder;
import io.braid.log.index.SegmentInfo;
import io.braid.log.rewrite.FileStep;
import io.braid.protocol.records.BatchHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Writes the files of a run of compacted segments: partitions by ascending keys, their batches by ascending offsets. Each file
 * counts, for the next opening of the log, once it has its name. Used by one thread; blocks.
 */
final class CompactedRunWriter implements AutoCloseable {
    private static final int BUFFER_BYTES = 1 << 20;

    private final CompactedFiles files;
    private final int run;
    private final int logTag;
    private final long maxFileBytes;
    private final long nowMs;
    private final FileStep step;
    private final CRC32C crc = new CRC32C();
    private final ByteBuffer header = ByteBuffer.allocate(SegmentWriter.FRAME_BYTES + EntryHeader.SIZE);
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private final List<CompactedSet.Member> done = new ArrayList<>();

    private int ordinal;
    private Path temporary;
    private FileChannel channel;
    private long position;
    private long written;
    private int rows;
    private SegmentIndexBuilder builder;
    private PartitionKey key;
    /** Last partition of the file before. */
    private PartitionKey goesOn;

    private boolean released;

    /**
     * @param run ordinal of its first segment
     * @param maxFileBytes at which the next file begins
     * @param nowMs wall-clock time
     * @param step for tests
     */
    CompactedRunWriter(CompactedFiles files, int run, int logTag, long maxFileBytes, long nowMs, FileStep step) {
        this.files = files;
        this.run = run;
        this.ordinal = run;
        this.logTag = logTag;
        this.maxFileBytes = maxFileBytes;
        this.nowMs = nowMs;
        this.step = step;
    }

    /** The batches that follow are of this partition, whose key is above those before. */
    void begin(PartitionKey partition) {
        key = partition;
    }

    /** Adds a batch, between position and limit. */
    void add(ByteBuffer batch) throws IOException {
        int at = batch.position();
        int size = batch.remaining();
        long entry = SegmentWriter.FRAME_BYTES + (long) EntryHeader.entryBytes(size);
        if (channel != null && (position + entry > maxFileBytes || rows == ActiveIndex.MAX_ROWS)) {
            completeFile();
        }
        if (channel == null) {
            beginFile();
        }
        header.clear().order(ByteOrder.LITTLE_ENDIAN).putInt(0, EntryHeader.SIZE + size);
        header.order(ByteOrder.BIG_ENDIAN);
        EntryHeader.write(
                header,
                SegmentWriter.FRAME_BYTES,
                EntryType.BATCH,
                0,
                BatchHeader.leaderEpoch(batch, at),
                key.idMsb(),
                key.idLsb(),
                key.partition(),
                logTag,
                BatchHeader.baseOffset(batch, at),
                0,
                batch,
                crc);
        builder.add(
                key.idMsb(),
                key.idLsb(),
                key.partition(),
                BatchHeader.baseOffset(batch, at),
                BatchHeader.lastOffsetDelta(batch, at),
                position + header.capacity(),
                size,
                BatchHeader.leaderEpoch(batch, at),
                CompactedFiles.maxTimestamp(batch, at));
        rows++;
        write(header.clear());
        write(batch.duplicate());
        while (position % EntryHeader.ALIGNMENT != 0) {
            write(ByteBuffer.allocate(1));
        }
    }

    private void write(ByteBuffer bytes) throws IOException {
        position += bytes.remaining();
        written += bytes.remaining();
        while (bytes.hasRemaining()) {
            if (!buffer.hasRemaining()) {
                flush();
            }
            int some = Math.min(bytes.remaining(), buffer.remaining());
            buffer.put(bytes.duplicate().limit(bytes.position() + some));
            bytes.position(bytes.position() + some);
        }
    }

    private void flush() throws IOException {
        buffer.flip();
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
        buffer.clear();
    }

    private void beginFile() throws IOException {
        Path file = files.file(run, ordinal);
        temporary = file.resolveSibling(file.getFileName() + LogFiles.TEMPORARY);
        channel = FileChannel.open(
                temporary, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);
        step.done();
        position = 0;
        rows = 0;
        PartitionKey before = goesOn;
        int previous = ordinal - 1;
        builder = new SegmentIndexBuilder(
                ordinal,
                (idMsb, idLsb, partition) -> new PartitionKey(idMsb, idLsb, partition).equals(before) ? previous : -1);
    }

    private void completeFile() throws IOException {
        flush();
        channel.force(true);
        channel.close();
        channel = null;
        step.done();
        Path file = files.file(run, ordinal);
        SegmentInfo info = new SegmentInfo(ordinal, ordinal, 0, 0, position, nowMs);
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        Segment segment = Segment.sealed(info, SegmentFile.sealed(file));
        LogFiles.force(file.getParent());
        step.done();
        builder.write(LogFiles.index(file), info, new CompactedSet(() -> null, done));
        step.done();
        done.add(CompactedSet.Member.of(segment, run));
        goesOn = key;
        ordinal++;
    }

    /** Bytes written so far. */
    long bytesWritten() {
        return written;
    }

    /** Completes the last file. */
    List<CompactedSet.Member> finish() throws IOException {
        if (channel != null) {
            completeFile();
        }
        return done;
    }

    /** What {@link #finish} gave is the caller's now. */
    void release() {
        released = true;
    }

    /** Lets go of the files; removes what was written unless it was released. */
    @Override
    public void close() throws IOException {
        if (released) {
            return;
        }
        if (channel != null) {
            channel.close();
        }
        for (CompactedSet.Member member : done) {
            member.segment().delete();
        }
        if (temporary != null) {
            Files.deleteIfExists(temporary);
        }
        Files.deleteIfExists(files.file(run, ordinal));
        Files.deleteIfExists(LogFiles.index(files.file(run, ordinal)));
    }
}
