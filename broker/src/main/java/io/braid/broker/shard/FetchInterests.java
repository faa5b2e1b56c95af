package io.braid.broker.shard;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.agrona.collections.Int2ObjectHashMap;
import org.apache.kafka.common.Uuid;

/**
 * Which fetchers are interested in which partitions of a shard.
 *
 * <p>An interest stays until it is removed, so that the cost of a fetch follows the partitions that have data and not those
 * that are subscribed. Partitions with data are found by their row, the others by name. Owned by the shard thread.
 */
final class FetchInterests {
    private record Key(Uuid topicId, int partition) {}

    private static final FetchInterest[] NONE = {};

    private final Int2ObjectHashMap<FetchInterest[]> byRow = new Int2ObjectHashMap<>();
    private final Map<Key, FetchInterest[]> withoutData = new HashMap<>();

    /** Adds an interest once; {@code row} is -1 while the partition has no data. */
    void add(Uuid topicId, int partition, int row, FetchInterest interest) {
        if (row >= 0) {
            byRow.put(row, with(byRow.get(row), interest));
        } else {
            withoutData.merge(
                    new Key(topicId, partition), new FetchInterest[] {interest}, (old, one) -> with(old, one[0]));
        }
    }

    void remove(Uuid topicId, int partition, int row, FetchInterest interest) {
        if (row >= 0) {
            FetchInterest[] rest = without(byRow.get(row), interest);
            if (rest.length == 0) {
                byRow.remove(row);
            } else {
                byRow.put(row, rest);
            }
        }
        Key key = new Key(topicId, partition);
        FetchInterest[] rest = without(withoutData.get(key), interest);
        if (rest.length == 0) {
            withoutData.remove(key);
        } else {
            withoutData.put(key, rest);
        }
    }

    /** Tells the fetchers of a partition that {@code bytes} more may be read. */
    void data(Uuid topicId, int partition, int row, int bytes) {
        if (!withoutData.isEmpty()) {
            FetchInterest[] found = withoutData.remove(new Key(topicId, partition));
            if (found != null) {
                for (FetchInterest i : found) {
                    byRow.put(row, with(byRow.get(row), i));
                }
            }
        }
        if (byRow.isEmpty()) {
            return;
        }
        FetchInterest[] found = byRow.get(row);
        if (found != null) {
            for (FetchInterest i : found) {
                i.onData(bytes);
            }
        }
    }

    /** The row's partition is gone: its fetchers look again and the row may be given to another partition. */
    void rowRemoved(int row) {
        FetchInterest[] found = byRow.remove(row);
        if (found != null) {
            for (FetchInterest i : found) {
                i.onChange();
            }
        }
    }

    void forEach(Consumer<FetchInterest> action) {
        byRow.values().forEach(all -> Arrays.stream(all).forEach(action));
        withoutData.values().forEach(all -> Arrays.stream(all).forEach(action));
    }

    /** Whether somebody may want to hear of a row. */
    boolean has(int row) {
        return !withoutData.isEmpty() || byRow.containsKey(row);
    }

    /** Forgets everybody: rows have other numbers. */
    void clear() {
        byRow.clear();
        withoutData.clear();
    }

    int size() {
        return byRow.size() + withoutData.size();
    }

    private static FetchInterest[] with(FetchInterest[] old, FetchInterest one) {
        if (old == null) {
            return new FetchInterest[] {one};
        }
        for (FetchInterest i : old) {
            if (i == one) {
                return old;
            }
        }
        FetchInterest[] all = Arrays.copyOf(old, old.length + 1);
        all[old.length] = one;
        return all;
    }

    private static FetchInterest[] without(FetchInterest[] old, FetchInterest one) {
        if (old == null) {
            return NONE;
        }
        for (int i = 0; i < old.length; i++) {
            if (old[i] == one) {
                FetchInterest[] rest = Arrays.copyOf(old, old.length - 1);
                System.arraycopy(old, i + 1, rest, i, old.length - 1 - i);
                return rest;
            }
        }
        return old;
    }
}
