package io.braid.log.rewrite;

import io.braid.log.index.SegmentInfo;
import io.braid.protocol.records.BatchHeader;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads the file of a rewritten segment without its index: to make that anew, to replay it, to check it, to rewrite it again. Owned by one
 * thread; blocks.
 */
public final class RewrittenFile implements AutoCloseable {
    /** What is found in a file, in its order. Buffers are good until the call returns. */
    public interface Visitor {
        /** An entry that is no batch: its header of 64 bytes, whose CRC the visitor checks. */
        default void onControl(ByteBuffer entry) throws IOException {}

        /** @param previousSegment ordinal of the segment that holds the partition before this one, -1 none */
        default void onPartition(long idMsb, long idLsb, int partition, int previousSegment, int batches)
                throws IOException {}

        /** A good batch of that partition, at {@code position} of the file. */
        default void onBatch(long lsn, ByteBuffer batch, long position) throws IOException {}

        /** What stands at {@code position} is not what was written; the walk goes on behind it as well as it can. */
        default void onDamage(long position, String reason) throws IOException {}
    }

    private final FileChannel channel;
    private final Path path;
    private final int logTag;
    private final long size;
    private ByteBuffer buffer = ByteBuffer.allocate(64 << 10);

    private RewrittenFile(FileChannel channel, Path path, int logTag) throws IOException {
        this.channel = channel;
        this.path = path;
        this.logTag = logTag;
        this.size = channel.size();
    }

    public static RewrittenFile open(Path path, int logTag) throws IOException {
        FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
        try {
            return new RewrittenFile(channel, path, logTag);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** What the file's header says, with the file's size as the end position; empty when it is damaged or another log's. */
    public Optional<SegmentInfo> info() throws IOException {
        if (size < RewrittenFormat.HEADER_BYTES) {
            return Optional.empty();
        }
        return Optional.ofNullable(RewrittenFormat.info(read(0, RewrittenFormat.HEADER_BYTES), logTag, size));
    }

    /** The entries that are no batches; those that can be read. */
    public List<ByteBuffer> controls() throws IOException {
        RewrittenFormat.Section section = head(RewrittenFormat.HEADER_BYTES);
        List<ByteBuffer> controls = new ArrayList<>();
        if (section != null && section.type() == RewrittenFormat.CONTROLS) {
            for (int i = 0; i < section.count(); i++) {
                ByteBuffer copy = ByteBuffer.allocate(RewrittenFormat.CONTROL_BYTES);
                copy.put(read(controlAt(RewrittenFormat.HEADER_BYTES, i), RewrittenFormat.CONTROL_BYTES));
                controls.add(copy.flip());
            }
        }
        return controls;
    }

    private static long controlAt(long section, int i) {
        return section + RewrittenFormat.HEADER_BYTES + (long) i * RewrittenFormat.CONTROL_BYTES;
    }

    /** Walks the whole file. */
    public void forEach(Visitor visitor) throws IOException {
        long at = RewrittenFormat.HEADER_BYTES;
        int sections = 0;
        while (true) {
            RewrittenFormat.Section section = head(at);
            if (section == null) {
                visitor.onDamage(at, "no good section");
                long next = search(at + RewrittenFormat.ALIGNMENT);
                if (next < 0) {
                    return;
                }
                at = next;
                sections = -1;
                continue;
            }
            if (section.type() == RewrittenFormat.END) {
                if (sections >= 0 && sections != section.count()) {
                    visitor.onDamage(at, sections + " sections of " + section.count());
                }
                return;
            }
            if (section.type() == RewrittenFormat.CONTROLS) {
                for (int i = 0; i < section.count(); i++) {
                    visitor.onControl(read(controlAt(at, i), RewrittenFormat.CONTROL_BYTES));
                }
            } else {
                batches(at, section, visitor);
            }
            sections += sections >= 0 ? 1 : 0;
            at = RewrittenFormat.align(at + section.dataAt() + section.dataBytes());
        }
    }

    private void batches(long start, RewrittenFormat.Section section, Visitor visitor) throws IOException {
        ByteBuffer table = ByteBuffer.allocate(section.dataAt());
        table.put(read(start, section.dataAt())).flip();
        visitor.onPartition(
                section.idMsb(), section.idLsb(), section.partition(), section.previousSegment(), section.count());
        long at = start + section.dataAt();
        long end = at + section.dataBytes();
        for (int i = 0; i < section.count(); i++) {
            if (at + BatchHeader.SIZE > end) {
                visitor.onDamage(at, "batch " + i + " of " + section.count() + " is missing");
                return;
            }
            ByteBuffer header = read(at, BatchHeader.SIZE);
            int bytes = BatchHeader.sizeInBytes(header, 0);
            if (!RewrittenFormat.isStart(table, i, header, 0) || bytes < BatchHeader.SIZE || at + bytes > end) {
                visitor.onDamage(at, "no good batch");
                return;
            }
            ByteBuffer batch = read(at, bytes);
            if (BatchHeader.verifyCrc(batch, 0, bytes)) {
                visitor.onBatch(RewrittenFormat.lsn(table, i), batch, at);
            } else {
                visitor.onDamage(at, "a batch has a wrong CRC");
            }
            at += bytes;
        }
        if (at != end) {
            visitor.onDamage(at, "bytes without a batch");
        }
    }

    /**
     * The LSNs of all batches in the order of the index's rows, read from the sections' tables.
     *
     * @throws DamagedSourceException there are not {@code batches} of them, or a section is damaged
     */
    public long[] lsns(int segment, int batches) throws IOException {
        long[] lsns = new long[batches];
        int found = 0;
        long at = RewrittenFormat.HEADER_BYTES;
        while (true) {
            RewrittenFormat.Section section = head(at);
            if (section == null || (section.type() == RewrittenFormat.BATCHES && section.count() > batches - found)) {
                throw new DamagedSourceException(segment, at, "no good section");
            }
            if (section.type() == RewrittenFormat.END) {
                break;
            }
            if (section.type() == RewrittenFormat.BATCHES) {
                ByteBuffer table = read(at, section.dataAt());
                for (int i = 0; i < section.count(); i++) {
                    lsns[found++] = RewrittenFormat.lsn(table, i);
                }
            }
            at = RewrittenFormat.align(at + section.dataAt() + section.dataBytes());
        }
        if (found != batches) {
            throw new DamagedSourceException(segment, at, found + " batches of " + batches);
        }
        return lsns;
    }

    /** The section at a position, its table checked and its data within the file; null when there is no good one. */
    private RewrittenFormat.Section head(long at) throws IOException {
        if (at + RewrittenFormat.HEADER_BYTES > size) {
            return null;
        }
        RewrittenFormat.Section section = RewrittenFormat.section(read(at, RewrittenFormat.HEADER_BYTES), logTag);
        if (section == null || at + section.dataAt() + section.dataBytes() > size) {
            return null;
        }
        return RewrittenFormat.isWhole(read(at, section.dataAt())) ? section : null;
    }

    /** The next good section from a position on, -1 when there is none. */
    private long search(long from) throws IOException {
        for (long at = from; at + RewrittenFormat.HEADER_BYTES <= size; at += RewrittenFormat.ALIGNMENT) {
            if (head(at) != null) {
                return at;
            }
        }
        return -1;
    }

    /** Bytes of the file, from index 0 of a buffer that is used again. */
    private ByteBuffer read(long position, int length) throws IOException {
        if (buffer.capacity() < length) {
            buffer = ByteBuffer.allocate(Math.max(length, 2 * buffer.capacity()));
        }
        buffer.clear().limit(length);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, position + buffer.position()) < 0) {
                throw new EOFException(path + " ends before " + (position + length));
            }
        }
        return buffer.flip();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
