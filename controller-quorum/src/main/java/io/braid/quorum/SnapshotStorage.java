package io.braid.quorum;

import io.braid.controller.MetadataState;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.io.MD5Hash;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.storage.FileInfo;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.SnapshotRetentionPolicy;
import org.apache.ratis.statemachine.impl.SimpleStateMachineStorage;
import org.apache.ratis.statemachine.impl.SingleFileSnapshotInfo;
import org.apache.ratis.util.MD5FileUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes snapshots of immutable states on a thread of its own, where Ratis looks for them. {@link #request} and
 * {@link #takeCompleted} belong to the apply thread.
 */
final class SnapshotStorage extends SimpleStateMachineStorage {
    /** Below this, bytes of applied commands are no reason for a snapshot. */
    private static final long MIN_BYTES = 4 << 20;

    private static final int WORTH_AT_STOP_ENTRIES = 200;
    private static final long WORTH_AT_STOP_BYTES = 1 << 20;
    private static final int RETAINED = 2;
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotStorage.class);

    private final int entriesBetween;
    private final ExecutorService writer = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "braid-metadata-snapshot");
        thread.setDaemon(true);
        return thread;
    });
    private File directory;
    private long entriesSince;
    private long bytesSince;
    private boolean writing;
    private volatile boolean closing;
    private volatile long completed = -1;
    private volatile long newestBytes;
    private volatile boolean idle = true;

    SnapshotStorage(int entriesBetween) {
        this.entriesBetween = entriesBetween;
    }

    @Override
    public void init(RaftStorage storage) throws IOException {
        super.init(storage);
        directory = storage.getStorageDir().getStateMachineDir();
    }

    /** Ratis asks for it on the apply thread, at every chance; it is done on the writer's instead. */
    @Override
    public void cleanupOldSnapshots(SnapshotRetentionPolicy policy) {}

    /** An entry was applied. */
    void onApplied(int bytes) {
        entriesSince++;
        bytesSince += bytes;
    }

    /** Whether what was applied since the newest snapshot is worth another: replaying it would cost more. */
    boolean due() {
        boolean many = entriesSince >= entriesBetween || bytesSince >= Math.max(MIN_BYTES, newestBytes / 2);
        boolean last = closing && (entriesSince >= WORTH_AT_STOP_ENTRIES || bytesSince >= WORTH_AT_STOP_BYTES);
        return !writing && (many || last);
    }

    /** The node is about to stop: a little is worth a snapshot now, since the next start is quicker for it. */
    void onClosing() {
        closing = true;
    }

    /** Begins to write the state; returns at once. */
    void request(MetadataState state, TermIndex at) {
        writing = true;
        idle = false;
        entriesSince = 0;
        bytesSince = 0;
        writer.execute(() -> write(state, at));
    }

    /** The index of a snapshot that was completed since this was asked last, or -1. */
    long takeCompleted() {
        if (writing && idle) {
            writing = false;
            return completed;
        }
        return -1;
    }

    MetadataState load(SingleFileSnapshotInfo snapshot) throws IOException {
        Path file = snapshot.getFile().getPath();
        MetadataState state = SnapshotFiles.read(file);
        newestBytes = Files.size(file);
        entriesSince = 0;
        bytesSince = 0;
        return state;
    }

    /** Waits for a snapshot that is being written, for a while. */
    void close() {
        writer.shutdown();
        try {
            writer.awaitTermination(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void write(MetadataState state, TermIndex at) {
        completed = -1;
        try {
            long began = System.nanoTime();
            File target = getSnapshotFile(at.getTerm(), at.getIndex());
            Path unfinished = new File(directory, "unfinished-snapshot").toPath();
            long bytes = SnapshotFiles.write(state, unfinished);
            MD5Hash md5 = MD5FileUtil.computeMd5ForFile(unfinished.toFile());
            MD5FileUtil.saveMD5File(target, md5);
            Files.move(unfinished, target.toPath(), StandardCopyOption.ATOMIC_MOVE);
            updateLatestSnapshot(new SingleFileSnapshotInfo(new FileInfo(target.toPath(), md5), at));
            newestBytes = bytes;
            completed = at.getIndex();
            super.cleanupOldSnapshots(new SnapshotRetentionPolicy() {
                @Override
                public int getNumSnapshotsRetained() {
                    return RETAINED;
                }
            });
            LOG.debug(
                    "metadata snapshot index={} bytes={} ms={}",
                    at.getIndex(),
                    bytes,
                    (System.nanoTime() - began) / 1_000_000);
        } catch (IOException | RuntimeException e) {
            LOG.error("no metadata snapshot index={}: {}; the next is tried later", at.getIndex(), e.toString());
        } finally {
            idle = true;
        }
    }
}
