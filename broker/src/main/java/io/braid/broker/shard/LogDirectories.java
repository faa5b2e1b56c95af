package io.braid.broker.shard;

import io.braid.log.LogDirectory;
import io.braid.log.SharedLog;
import io.braid.log.SnapshotInstall;
import io.braid.log.SnapshotManifest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * The log directories of this broker and which shard lives in which. A shard stays where it was made; a new one goes to
 * the directory with the fewest. Thread-safe.
 */
public final class LogDirectories {
    private final List<Path> paths;
    private final List<LogDirectory> directories;
    private final Map<Integer, LogDirectory> homes = new HashMap<>();

    /**
     * @param paths where the directories lie, in the same order
     * @throws IOException two directories hold the same shard
     */
    public LogDirectories(List<Path> paths, List<LogDirectory> directories) throws IOException {
        this.paths = List.copyOf(paths);
        this.directories = List.copyOf(directories);
        for (LogDirectory directory : directories) {
            for (int shard : directory.shardsOnDisk()) {
                if (homes.putIfAbsent(shard, directory) != null) {
                    throw new IOException("shard " + shard + " lies in two of log.dirs");
                }
            }
        }
    }

    List<Integer> shardsOnDisk() {
        synchronized (homes) {
            return List.copyOf(new TreeSet<>(homes.keySet()));
        }
    }

    /** Opens and recovers a shard's log. May block. */
    SharedLog open(int shardId) throws IOException {
        return home(shardId).open(shardId);
    }

    /** Begins or goes on to copy another replica's log of a shard. Blocks. */
    SnapshotInstall install(int shardId, SnapshotManifest manifest) throws IOException {
        return home(shardId).install(shardId, manifest);
    }

    /** Removes all that there is of a shard. Its log is closed. Blocks. */
    void drop(int shardId) throws IOException {
        home(shardId).drop(shardId);
        synchronized (homes) {
            homes.remove(shardId);
        }
    }

    /** Looks at the free space of every directory; for a background thread, about every second. */
    public void pollSpace() {
        directories.forEach(LogDirectory::pollSpace);
    }

    public List<LogDirectory> all() {
        return directories;
    }

    public List<Path> paths() {
        return paths;
    }

    /** Position, in {@link #all}, of the directory in which a shard lies or will lie. */
    public int indexOf(int shardId) {
        return directories.indexOf(home(shardId));
    }

    /** The directory of a shard; it is given one if it has none. */
    private LogDirectory home(int shardId) {
        synchronized (homes) {
            LogDirectory known = homes.get(shardId);
            if (known != null) {
                return known;
            }
            LogDirectory fewest = directories.get(0);
            for (LogDirectory d : directories) {
                if (count(d) < count(fewest)) {
                    fewest = d;
                }
            }
            homes.put(shardId, fewest);
            return fewest;
        }
    }

    private long count(LogDirectory directory) {
        return homes.values().stream().filter(d -> d == directory).count();
    }
}
