package io.braid.simulation;

import io.braid.log.EntryType;
import java.util.ArrayList;
import java.util.List;

/**
 * The files of one shard's log on one machine: entries in the order they were written, truncation entries among them, and
 * checkpoints. What was written but not forced is in the page cache: there after a killed process, gone or not after a
 * power cut.
 */
final class ShardDisk {
    private static final int CHECKPOINTS = 2;

    /**
     * @param lsn entries below are in the tables
     * @param written number of entries in the file when it was taken: recovery replays from there
     */
    record Checkpoint(long lsn, int written, Tables tables) {}

    private final List<LogEntry> written = new ArrayList<>();
    /** What of it is not void, by LSN. */
    private final List<LogEntry> live = new ArrayList<>();

    private final List<Checkpoint> checkpoints = new ArrayList<>();
    /** Entries of {@code written} that are on the disk for good. */
    private int forced;
    /** Below this LSN the log was rewritten, so that no run of entries can be read from it. */
    private long startLsn;

    private boolean damaged;

    List<LogEntry> written() {
        return written;
    }

    /** By LSN, page cache included; not to be changed. */
    List<LogEntry> live() {
        return live;
    }

    void write(LogEntry entry) {
        written.add(entry);
        toLive(entry);
    }

    private void toLive(LogEntry entry) {
        if (entry.type() == EntryType.TRUNCATION) {
            live.subList((int) entry.lsn(), live.size()).clear();
        } else {
            live.add(entry);
        }
    }

    int size() {
        return written.size();
    }

    /** Everything up to a place is on the disk. */
    void force(int upTo) {
        forced = Math.max(forced, Math.min(upTo, written.size()));
    }

    long startLsn() {
        return startLsn;
    }

    void rewriteBelow(long lsn) {
        startLsn = Math.max(startLsn, lsn);
    }

    /** Keeps a checkpoint of what is forced. */
    void checkpoint(Checkpoint checkpoint) {
        checkpoints.add(checkpoint);
        if (checkpoints.size() > CHECKPOINTS) {
            checkpoints.remove(0);
        }
    }

    /** None above {@code lsn} is usable any more. */
    void dropCheckpointsAbove(long lsn) {
        checkpoints.removeIf(checkpoint -> checkpoint.lsn() > lsn);
    }

    /** The newest one; null when there is none. */
    Checkpoint newestCheckpoint() {
        return checkpoints.isEmpty() ? null : checkpoints.get(checkpoints.size() - 1);
    }

    /**
     * The power fails: of what was not forced, the beginning may have reached the disk.
     *
     * @param chance null for none of it
     */
    void losePower(Chance chance) {
        int kept = chance == null ? forced : (int) chance.between(forced, written.size());
        if (kept < written.size()) {
            written.subList(kept, written.size()).clear();
            live.clear();
            written.forEach(this::toLive);
        }
        forced = written.size();
    }

    /** The disk returns its newest entries no more, though they were forced; what recovers the log knows of it. */
    void damage(int entries) {
        int kept = Math.max(0, written.size() - entries);
        written.subList(kept, written.size()).clear();
        checkpoints.removeIf(checkpoint -> checkpoint.written() > kept);
        live.clear();
        written.forEach(this::toLive);
        forced = written.size();
        damaged = true;
    }

    /** Whether entries are missing that the replica still counts as having. */
    boolean damaged() {
        return damaged;
    }

    /** The replica has left the in-sync set: what it has counts anew. */
    void onLeftInSync() {
        damaged = false;
    }

    /** All of another disk's contents, at once: how a snapshot copy that is complete takes effect. */
    void replaceBy(ShardDisk other) {
        written.clear();
        written.addAll(other.written);
        live.clear();
        live.addAll(other.live);
        checkpoints.clear();
        checkpoints.addAll(other.checkpoints);
        forced = written.size();
        startLsn = other.startLsn;
        damaged = false;
    }
}
