package io.braid.jmh;

import io.braid.log.EntryBatch;
import io.braid.log.LogConfig;
import io.braid.log.LogDirectory;
import io.braid.log.LogDirectoryException;
import io.braid.log.LogListener;
import io.braid.log.SharedLog;
import io.braid.protocol.records.BatchHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * A shard's log in a directory that goes with it. Its segments are large and nothing of its maintenance runs, so that what is
 * counted is the appends and reads themselves. Owned by one thread.
 */
public final class TemporaryLog implements AutoCloseable {
    /** Id of the topic whose partitions {@link #append} writes to. */
    public static final long TOPIC_MSB = 7;

    public static final long TOPIC_LSB = 1;

    private static final long SEGMENT_BYTES = 128 << 20;

    private final Path path;
    private final LogDirectory directory;
    private final SharedLog log;
    private final EntryBatch entries = new EntryBatch();

    public TemporaryLog() throws IOException, LogDirectoryException {
        path = Files.createTempDirectory("braid-jmh-");
        LogConfig config = LogConfig.defaults()
                .withSegmentBytes(SEGMENT_BYTES, SEGMENT_BYTES)
                .withMinFreeBytes(0);
        directory = LogDirectory.open(path, config, LogListener.NONE);
        log = directory.open(0);
    }

    public SharedLog log() {
        return log;
    }

    /** The partition's row, added if it has none. */
    public int row(int partition) {
        return log.partitions().findOrAdd(TOPIC_MSB, TOPIC_LSB, partition);
    }

    /** Appends a batch at a partition's next offset; returns its LSN. */
    public long append(int partition, ByteBuffer batch) throws IOException {
        int row = row(partition);
        BatchHeader.setBaseOffset(batch, 0, log.partitions().nextOffset(row));
        BatchHeader.setLeaderEpoch(batch, 0, 0);
        entries.addBatch(row, 0, batch);
        try {
            return log.append(entries, 1_000_000);
        } finally {
            entries.clear();
        }
    }

    @Override
    public void close() throws IOException {
        log.close();
        directory.close();
        try (Stream<Path> files = Files.walk(path)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
