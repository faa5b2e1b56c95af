package io.braid.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32C;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.bytes.BytesStore;
import net.openhft.chronicle.bytes.SyncMode;
import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueue;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;
import net.openhft.chronicle.wire.DocumentContext;
import net.openhft.posix.PosixAPI;

/**
 * Writes documents of entries to the active segment through Chronicle's appender.
 *
 * <p>A small document is copied into Chronicle's mapping, whose pages were made ahead. For a large one the space is only reserved there and
 * the bytes are written at their position by one gathering write, which makes its own; the document becomes visible, as
 * ever, when Chronicle sets its header. Owned by the shard thread.
 */
final class SegmentWriter implements AutoCloseable {
    /**
     * Newer JVMs do not tell Chronicle the address of a buffer that lies in a shared memory session, which is what Netty's
     * direct buffers are there: they go through an array. Only small documents are copied at all.
     */
    private static final boolean STAGE_DIRECT_BUFFERS = Runtime.version().feature() >= 22;

    /** What Chronicle maps at a time; address space only. */
    private byte[] staging = new byte[0];

    private static final int BLOCK_BYTES = 4 << 20;

    /** Documents from this size on are written, not copied: where the measured costs cross (decision 0023). */
    private static final int WRITE_FROM_BYTES = 64 << 10;

    /** Room left at the end of a file for Chronicle's own index documents and its end mark. */
    static final int TAIL_BYTES = 64 << 10;

    /** What Chronicle's headers and first index take at the start of a file, generously. */
    static final int HEAD_BYTES = 32 << 10;

    private static final int MADV_RANDOM = 1;
    /** Before the entries of a document. */
    static final int FRAME_BYTES = 4;

    private static final int CREATE_TIMEOUT_MS = 500;
    private static final int SCRATCH_BYTES = FRAME_BYTES + EntryHeader.SIZE;

    private final Path directory;
    private final SegmentCycle cycle;
    private final SingleChronicleQueue queue;
    private final ExcerptAppender appender;
    private final CRC32C crc = new CRC32C();

    private FileChannel channel;
    private long endPosition;
    private BytesStore<?, ?> advised;
    private final PagesAhead pagesAhead;
    private ByteBuffer headers = ByteBuffer.allocateDirect(0);
    private ByteBuffer[] headerSlices = new ByteBuffer[0];
    private ByteBuffer[] gathered = new ByteBuffer[0];
    private final ByteBuffer padding = ByteBuffer.allocateDirect(EntryHeader.ALIGNMENT);

    /**
     * @param directory Chronicle's own, without any cycle files
     * @param pagesAhead of the file that is written to
     */
    SegmentWriter(Path directory, int firstSegment, PagesAhead pagesAhead) {
        this.pagesAhead = pagesAhead;
        this.directory = directory;
        this.cycle = new SegmentCycle(firstSegment);
        this.queue = SingleChronicleQueueBuilder.binary(directory.toFile())
                .rollCycle(cycle)
                .blockSize(BLOCK_BYTES)
                .timeoutMS(CREATE_TIMEOUT_MS)
                .checkInterrupts(false)
                .syncMode(SyncMode.NONE)
                .build();
        this.appender = queue.createAppender();
        this.appender.singleThreadedCheckDisabled(true);
    }

    /** Length of a file of which {@code allocatedBytes} are going to be written, with what Chronicle maps beyond. */
    static long fileBytes(long allocatedBytes) {
        return (allocatedBytes / BLOCK_BYTES + 1) * BLOCK_BYTES + BLOCK_BYTES / 4;
    }

    static Path cycleFile(Path directory, int segment) {
        return directory.resolve(SegmentCycle.name(segment) + SegmentCycle.FILE_SUFFIX);
    }

    static Path preallocatedFile(Path directory, int segment) {
        return directory.resolve(SegmentCycle.name(segment) + SegmentCycle.PREALLOCATED_SUFFIX);
    }

    /**
     * Goes on in the preallocated file of {@code segment}: Chronicle takes it over and marks the end of the one before.
     *
     * @param allocatedBytes for which the file has space; behind them lies a hole
     */
    SegmentFile start(int segment, long allocatedBytes) throws IOException {
        pagesAhead.leave();
        cycle.segment(segment);
        rollNow();
        SegmentFile file = SegmentFile.active(cycleFile(directory, segment));
        channel = file.channel();
        pagesAhead.start(channel, allocatedBytes);
        return file;
    }

    /** Pages of the file that are about to be written to. */
    PagesAhead pagesAhead() {
        return pagesAhead;
    }

    /** Where the last document ends; 0 before the first. */
    long endPosition() {
        return endPosition;
    }

    /**
     * Writes all entries as one document.
     *
     * @param forced a {@link LogPosition} below which everything was forced
     * @return position of the first entry's header; entry i follows at the sum of the {@code entryBytes} before it
     * @throws IOException the document is not visible
     */
    long append(EntryBatch entries, long firstLsn, int logTag, long forced) throws IOException {
        encodeHeaders(entries, firstLsn, logTag, forced);
        return writeDocument(entries.bytes(), new Content() {
            @Override
            public void copy(Bytes<?> target) {
                SegmentWriter.this.copy(entries, target);
            }

            @Override
            public void writeAt(long start) throws IOException {
                SegmentWriter.this.writeAt(entries, start);
            }
        });
    }

    /** As {@link #append(EntryBatch, long, int, long)}, for a document of entries that stand ready in a buffer. */
    long append(ReplicatedRun run, int number) throws IOException {
        return writeDocument(run.documentBytes(number), new Content() {
            @Override
            public void copy(Bytes<?> target) {
                SegmentWriter.this.copy(run, number, target);
            }

            @Override
            public void writeAt(long start) throws IOException {
                SegmentWriter.this.writeAt(run, number, start);
            }
        });
    }

    /** What goes into a document. */
    private interface Content {
        /** Copies it to the write position, and moves that behind it. */
        void copy(Bytes<?> target);

        /** Writes it to a position of the file. */
        void writeAt(long start) throws IOException;
    }

    private long writeDocument(long size, Content content) throws IOException {
        if (size < WRITE_FROM_BYTES) {
            pagesAhead.beforeCopy(endPosition + HEAD_BYTES + size);
        } else {
            pagesAhead.beforeWrite(endPosition + HEAD_BYTES + size);
        }
        DocumentContext document = appender.writingDocument();
        adviseRandom(document.wire().bytes().bytesStore());
        long start = document.wire().bytes().writePosition();
        boolean complete = false;
        try {
            Bytes<?> bytes = document.wire().bytes();
            if (size < WRITE_FROM_BYTES) {
                content.copy(bytes);
            } else {
                content.writeAt(start);
                bytes.writeSkip(size);
            }
            complete = true;
        } catch (RuntimeException e) {
            throw new IOException("append failed", e);
        } finally {
            if (!complete) {
                document.wire().bytes().writePosition(start);
                document.rollbackOnClose();
            }
            document.close();
        }
        endPosition = start + size;
        return start;
    }

    /**
     * Tells the kernel not to read around a fault in a newly mapped block: with a large readahead it would allocate and zero
     * megabytes that are about to be written anyway.
     */
    private void adviseRandom(BytesStore<?, ?> mapped) {
        if (mapped != advised) {
            advised = mapped;
            PosixAPI.posix().madvise(mapped.addressForRead(mapped.start()), mapped.realCapacity(), MADV_RANDOM);
        }
    }

    /** Chronicle rolls when a document is opened; one that is rolled back leaves only the new file behind. */
    private void rollNow() {
        DocumentContext document = appender.writingDocument();
        document.rollbackOnClose();
        document.close();
        endPosition = 0;
    }

    private void encodeHeaders(EntryBatch entries, long firstLsn, int logTag, long forced) {
        reserve(entries.size());
        for (int i = 0; i < entries.size(); i++) {
            EntryHeader.write(
                    headers,
                    i * SCRATCH_BYTES + FRAME_BYTES,
                    entries.type(i),
                    firstLsn + i,
                    entries.leaderEpoch(i),
                    entries.idMsb(i),
                    entries.idLsb(i),
                    entries.partition(i),
                    logTag,
                    entries.offset(i),
                    forced,
                    entries.payload(i),
                    crc);
        }
    }

    private void copy(EntryBatch entries, Bytes<?> bytes) {
        long at = bytes.writePosition();
        for (int i = 0; i < entries.size(); i++) {
            ByteBuffer payload = entries.payload(i);
            bytes.write(at, headers, i * SCRATCH_BYTES + FRAME_BYTES, EntryHeader.SIZE);
            copy(payload, payload.position(), payload.remaining(), bytes, at + EntryHeader.SIZE);
            for (long pad = at + EntryHeader.SIZE + payload.remaining(); pad < at + entries.entryBytes(i); pad++) {
                bytes.writeByte(pad, (byte) 0);
            }
            at += entries.entryBytes(i);
        }
        bytes.writePosition(at);
    }

    private void copy(ReplicatedRun run, int number, Bytes<?> bytes) {
        long at = bytes.writePosition();
        for (int piece = run.firstPiece(number); piece < run.endPiece(number); piece++) {
            copy(run.bytes(), run.pieceStart(piece), run.pieceBytes(piece), bytes, at);
            at += run.pieceBytes(piece);
        }
        bytes.writePosition(at);
    }

    private void copy(ByteBuffer from, int index, int length, Bytes<?> bytes, long at) {
        if (from.isDirect() && STAGE_DIRECT_BUFFERS) {
            staging = staging.length < length ? new byte[2 * length] : staging;
            from.get(index, staging, 0, length);
            bytes.write(at, staging, 0, length);
        } else if (length > 0) {
            bytes.write(at, from, index, length);
        }
    }

    private void writeAt(ReplicatedRun run, int number, long start) throws IOException {
        int first = run.firstPiece(number);
        int n = run.endPiece(number) - first;
        if (gathered.length < n) {
            gathered = new ByteBuffer[2 * n];
        }
        for (int i = 0; i < n; i++) {
            gathered[i] = run.bytes().slice(run.pieceStart(first + i), run.pieceBytes(first + i));
        }
        writeGathered(n, start, run.documentBytes(number));
    }

    private void writeAt(EntryBatch entries, long start) throws IOException {
        int n = 0;
        int pad = 0;
        for (int i = 0; i < entries.size(); i++) {
            ByteBuffer payload = entries.payload(i);
            gathered[n++] = headerSlices[i].limit(SCRATCH_BYTES).position(FRAME_BYTES - pad);
            gathered[n++] = payload.duplicate();
            pad = entries.entryBytes(i) - EntryHeader.SIZE - payload.remaining();
        }
        gathered[n++] = padding.limit(pad).position(0);
        writeGathered(n, start, entries.bytes());
    }

    private void writeGathered(int n, long start, long bytes) throws IOException {
        channel.position(start);
        long left = bytes;
        for (int from = 0; left > 0; ) {
            left -= channel.write(gathered, from, n - from);
            while (from < n && !gathered[from].hasRemaining()) {
                from++;
            }
        }
        Arrays.fill(gathered, 0, n, null);
    }

    /** Scratch of an entry: up to 3 zeros that end the entry before it, then its header. */
    private void reserve(int entries) {
        if (headerSlices.length >= entries) {
            return;
        }
        int capacity = Math.max(16, Integer.highestOneBit(entries) * 2);
        headers = ByteBuffer.allocateDirect(capacity * SCRATCH_BYTES);
        headerSlices = new ByteBuffer[capacity];
        for (int i = 0; i < capacity; i++) {
            headerSlices[i] = headers.slice(i * SCRATCH_BYTES, SCRATCH_BYTES);
        }
        gathered = new ByteBuffer[Math.max(gathered.length, 2 * capacity + 1)];
    }

    /** Lets go of the files; writes nothing. */
    @Override
    public void close() {
        pagesAhead.leave();
        appender.close();
        queue.close();
    }
}
