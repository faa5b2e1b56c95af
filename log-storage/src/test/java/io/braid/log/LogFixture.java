package io.braid.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.protocol.records.BatchHeader;
import io.braid.protocol.records.FetchedRecords;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** A directory with the log of one shard, that can be closed, abandoned as a killed process would, and opened again. */
final class LogFixture implements AutoCloseable {
    static final ByteBufAllocator ALLOC = UnpooledByteBufAllocator.DEFAULT;
    static final long TOPIC = 7;
    private static final long WAIT_NANOS = 10_000_000_000L;
    static final LogConfig SMALL =
            LogConfig.defaults().withSegmentBytes(192 << 10, 192 << 10).withMinFreeBytes(0);

    final Events events = new Events();
    LogConfig config;
    Path path;
    LogDirectory directory;
    SharedLog log;
    long nowMs = 1_000_000;

    LogFixture(Path path, LogConfig config) {
        this.path = path;
        this.config = config;
        open();
    }

    void open() {
        try {
            directory = LogDirectory.open(path, config, events);
            log = directory.open(0);
        } catch (IOException | LogDirectoryException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Goes on in a copy of the files as they are now, as after a kill: nothing is closed or forced. */
    void kill(Path copy) {
        copy(path, copy);
        Path old = path;
        path = copy;
        SharedLog left = log;
        LogDirectory leftDirectory = directory;
        open();
        try {
            left.close();
            leftDirectory.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        delete(old);
    }

    void reopen() {
        close();
        open();
    }

    int row(int partition) {
        return log.partitions().findOrAdd(TOPIC, 1, partition);
    }

    /** Appends a batch with the next offset of a partition. */
    ByteBuffer append(int partition, int records, int valueBytes) {
        return append(partition, 0, records, valueBytes);
    }

    ByteBuffer append(int partition, int leaderEpoch, int records, int valueBytes) {
        int row = row(partition);
        long offset = log.partitions().nextOffset(row);
        ByteBuffer batch = Batches.filled(offset, leaderEpoch, records, valueBytes, offset * 31 + partition);
        EntryBatch entries = new EntryBatch();
        entries.addBatch(row, leaderEpoch, batch);
        append(entries);
        return batch;
    }

    long append(EntryBatch entries) {
        try {
            return log.append(entries, nowMs);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    PartitionView view(int partition) {
        return log.view(row(partition));
    }

    /** All that may be read of a partition from an offset on, as one run of bytes. */
    byte[] readAll(int partition) {
        return readAll(view(partition));
    }

    byte[] readAll(PartitionView view) {
        try {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            long offset = view.logStartOffset();
            while (offset < view.nextOffset()) {
                byte[] bytes = bytes(view.read(offset, 1 << 16, true, Long.MAX_VALUE, ALLOC));
                if (bytes.length == 0) {
                    break;
                }
                out.writeBytes(bytes);
                offset = endOffset(bytes);
            }
            return out.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long endOffset(byte[] bytes) {
        ByteBuffer batches = ByteBuffer.wrap(bytes);
        long end = -1;
        for (int at = 0; at < bytes.length; at += BatchHeader.sizeInBytes(batches, at)) {
            end = BatchHeader.lastOffset(batches, at) + 1;
        }
        return end;
    }

    static byte[] bytes(FetchedRecords records) throws IOException {
        ByteBuffer out = ByteBuffer.allocate(records.sizeInBytes());
        for (FetchedRecords.Part part : records.parts()) {
            if (part instanceof FetchedRecords.Bytes bytes) {
                ByteBuf buffer = bytes.buffer();
                byte[] copy = new byte[buffer.readableBytes()];
                buffer.getBytes(buffer.readerIndex(), copy);
                out.put(copy);
            } else if (part instanceof FetchedRecords.FileRange range) {
                ByteBuffer slice = out.slice(out.position(), range.length());
                range.source().channel().read(slice, range.position());
                out.position(out.position() + range.length());
            }
        }
        records.release();
        return out.array();
    }

    /** Runs all maintenance that is due, here and now. */
    void maintain() {
        Optional<Runnable> work = log.pollMaintenance(nowMs);
        while (work.isPresent()) {
            work.get().run();
            work = log.pollMaintenance(nowMs);
        }
    }

    @Override
    public void close() {
        try {
            log.close();
            directory.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits for what another thread brings about: Chronicle unmaps files on one of its own. */
    static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + WAIT_NANOS;
        while (!condition.getAsBoolean() && System.nanoTime() < deadline) {
            LockSupport.parkNanos(1_000_000);
        }
        assertThat(condition.getAsBoolean()).isTrue();
    }

    static void copy(Path from, Path to) {
        try {
            if (Files.isDirectory(from)) {
                Files.createDirectories(to);
                try (DirectoryStream<Path> children = Files.newDirectoryStream(from)) {
                    children.forEach(child -> copy(child, to.resolve(child.getFileName())));
                }
            } else {
                Files.copy(from, to);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void delete(Path path) {
        try {
            if (Files.isDirectory(path)) {
                try (DirectoryStream<Path> children = Files.newDirectoryStream(path)) {
                    children.forEach(LogFixture::delete);
                }
            }
            Files.delete(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
