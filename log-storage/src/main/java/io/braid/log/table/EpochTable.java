package io.braid.log.table;

import java.util.Arrays;

/**
 * Leader epochs of a shard and the LSN each starts at, ascending in both. A divergence between replicas is decided
 * from it alone (as KIP-101 and KIP-595 do).
 * Owned by the shard thread; a {@link #copy} belongs to who asked for it.
 */
public final class EpochTable {
    private int[] epochs = new int[4];
    private long[] startLsns = new long[4];
    private int size;

    /**
     * Notes that {@code epoch} starts at {@code startLsn}. Repeating the latest epoch changes nothing.
     *
     * @throws IllegalArgumentException when epoch or LSN go backwards
     */
    public void start(int epoch, long startLsn) {
        if (epoch == latestEpoch()) {
            return;
        }
        if (epoch < 0 || epoch < latestEpoch() || startLsn < 0 || startLsn < latestStartLsn()) {
            throw new IllegalArgumentException("epoch " + epoch + " at LSN " + startLsn + " after epoch "
                    + latestEpoch() + " at LSN " + latestStartLsn());
        }
        if (size == epochs.length) {
            epochs = Arrays.copyOf(epochs, size * 2);
            startLsns = Arrays.copyOf(startLsns, size * 2);
        }
        epochs[size] = epoch;
        startLsns[size] = startLsn;
        size++;
    }

    /**
     * The LSN at which the epochs up to and including {@code epoch} end: the start of the next greater one, else
     * {@code nextLsn}.
     */
    public long endLsn(int epoch, long nextLsn) {
        int next = indexAbove(epoch);
        return next < size ? startLsns[next] : nextLsn;
    }

    /** The greatest known epoch that is not above {@code epoch}, or -1. */
    public int floorEpoch(int epoch) {
        int next = indexAbove(epoch);
        return next == 0 ? -1 : epochs[next - 1];
    }

    /** The greatest known epoch that is not above {@code epoch}, and where it ends. */
    public EpochEndLsn endOf(int epoch, long nextLsn) {
        int floor = floorEpoch(epoch);
        return new EpochEndLsn(floor, floor < 0 ? 0 : endLsn(floor, nextLsn));
    }

    /** The epoch of the entry at {@code lsn}, or -1 before the first. */
    public int epochAt(long lsn) {
        int i = size - 1;
        while (i >= 0 && startLsns[i] > lsn) {
            i--;
        }
        return i < 0 ? -1 : epochs[i];
    }

    private int indexAbove(int epoch) {
        int found = Arrays.binarySearch(epochs, 0, size, epoch);
        return found >= 0 ? found + 1 : -found - 1;
    }

    /** -1 when empty. */
    public int latestEpoch() {
        return size == 0 ? -1 : epochs[size - 1];
    }

    /** -1 when empty. */
    public long latestStartLsn() {
        return size == 0 ? -1 : startLsns[size - 1];
    }

    /** Forgets the epochs that start at or above {@code lsn}. */
    public void truncate(long lsn) {
        while (size > 0 && startLsns[size - 1] >= lsn) {
            size--;
        }
    }

    public int size() {
        return size;
    }

    /** Epoch number {@code i}, from 0, in ascending order. */
    public int epoch(int i) {
        return epochs[i];
    }

    public long startLsn(int i) {
        return startLsns[i];
    }

    public EpochTable copy() {
        EpochTable copy = new EpochTable();
        copy.epochs = Arrays.copyOf(epochs, Math.max(4, size));
        copy.startLsns = Arrays.copyOf(startLsns, Math.max(4, size));
        copy.size = size;
        return copy;
    }
}
