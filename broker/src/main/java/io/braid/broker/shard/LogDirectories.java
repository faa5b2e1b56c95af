package io.braid.broker.shard;

import io.braid.log.LogDirectory;
import io.braid.log.SharedLog;
import io.braid.log.SnapshotInstall;
import io.braid.log.SnapshotManifest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log directories of this broker and which shard lives in which. A shard stays where it was made; a new one goes to the
 * directory with the fewest. A directory that cannot be used takes its shards offline: they are not begun anew in another one
 * as long as it is configured. Thread-safe.
 */
public final class LogDirectories {
    private static final Logger LOG = LoggerFactory.getLogger(LogDirectories.class);
    private static final String HOMES_NOTE = "shard-homes";

    private final List<Path> paths;
    private final Map<Path, Uuid> ids = new LinkedHashMap<>();
    private final Map<Uuid, LogDirectory> usable = new LinkedHashMap<>();
    private final ShardHomes homes; // guarded by itself
    private final Set<Uuid> toldFailed = new HashSet<>(); // of the thread that polls

    /** All are usable, in the order of their paths. */
    public LogDirectories(List<Path> paths, List<LogDirectory> directories) throws IOException {
        this(paths, byPath(paths, directories));
    }

    /**
     * @param paths as configured
     * @param usable those of them that could be opened; at least one
     * @throws IOException two directories hold the same shard, or nothing tells what lies in one that could not be opened
     */
    public LogDirectories(List<Path> paths, Map<Path, LogDirectory> usable) throws IOException {
        this.paths = List.copyOf(paths);
        this.homes = paths.size() > 1 ? read(usable.values()) : new ShardHomes();
        Map<Uuid, String> places = new LinkedHashMap<>();
        for (Path path : paths) {
            LogDirectory directory = usable.get(path);
            Optional<Uuid> id =
                    directory == null ? homes.directoryAt(absolute(path)) : Optional.of(directory.directoryId());
            if (id.isEmpty() && homes.revision() == 0) {
                throw new IOException(
                        "log directory " + path
                                + " cannot be used, and the others do not tell which shards are in it; take it out of log.dirs to give them up");
            }
            id.ifPresent(known -> {
                ids.put(path, known);
                places.put(known, absolute(path));
            });
            if (directory != null) {
                this.usable.put(directory.directoryId(), directory);
            }
        }
        boolean changed = homes.directories(places);
        Map<Integer, Uuid> found = new TreeMap<>();
        for (LogDirectory directory : this.usable.values()) {
            for (int shard : directory.shardsOnDisk()) {
                if (found.putIfAbsent(shard, directory.directoryId()) != null) {
                    throw new IOException("shard " + shard + " lies in two of log.dirs");
                }
                changed |= homes.put(shard, directory.directoryId());
            }
        }
        if (changed) {
            save();
        }
    }

    private static Map<Path, LogDirectory> byPath(List<Path> paths, List<LogDirectory> directories) {
        Map<Path, LogDirectory> map = new LinkedHashMap<>();
        for (int i = 0; i < directories.size(); i++) {
            map.put(paths.get(i), directories.get(i));
        }
        return map;
    }

    /** The newest of the directories' notes that is whole. */
    private static ShardHomes read(Iterable<LogDirectory> directories) throws IOException {
        ShardHomes newest = new ShardHomes();
        for (LogDirectory directory : directories) {
            try {
                ShardHomes read =
                        directory.note(HOMES_NOTE).map(ShardHomes::parse).orElseGet(ShardHomes::new);
                newest = read.revision() > newest.revision() ? read : newest;
            } catch (IllegalArgumentException e) {
                LOG.warn("event=shard_homes_damaged directory={} reason=\"{}\"", directory.path(), e.getMessage());
            }
        }
        return newest;
    }

    private void save() throws IOException {
        if (paths.size() < 2) {
            return;
        }
        String text = homes.text();
        for (LogDirectory directory : usable.values()) {
            if (!directory.failed()) {
                directory.note(HOMES_NOTE, text);
            }
        }
    }

    /** Those that can be opened. */
    List<Integer> shardsOnDisk() {
        synchronized (homes) {
            List<Integer> shards = new ArrayList<>();
            homes.all().forEach((shard, id) -> {
                if (usable.containsKey(id)) {
                    shards.add(shard);
                }
            });
            return shards;
        }
    }

    /**
     * Opens and recovers a shard's log. May block.
     *
     * @throws LogDirectoryOfflineException its directory could not be opened when the node started
     */
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
            save();
        }
    }

    /**
     * Looks at the free space of every directory; for one background thread, about every second.
     *
     * @return the shards of directories that have failed since the last call
     */
    public List<Integer> pollSpace() {
        List<Integer> lost = new ArrayList<>();
        for (LogDirectory directory : usable.values()) {
            if (!directory.failed()) {
                directory.pollSpace();
            }
            if (directory.failed() && toldFailed.add(directory.directoryId())) {
                synchronized (homes) {
                    homes.all().forEach((shard, id) -> {
                        if (id.equals(directory.directoryId())) {
                            lost.add(shard);
                        }
                    });
                }
            }
        }
        return lost;
    }

    /** Whether none can be used any more. */
    public boolean allFailed() {
        return usable.values().stream().allMatch(LogDirectory::failed);
    }

    /** Whether a directory cannot be used. */
    public boolean failed(Path path) {
        Uuid id = ids.get(path);
        return id == null || !usable.containsKey(id) || usable.get(id).failed();
    }

    /** Of all configured directories as far as they are known, those that cannot be used too. */
    public List<Uuid> directoryIds() {
        return List.copyOf(ids.values());
    }

    /** As configured. */
    public List<Path> paths() {
        return paths;
    }

    /** Position, in {@link #paths}, of the directory in which a shard lies or will lie. */
    public int indexOf(int shardId) {
        Uuid id = homeId(shardId);
        for (int i = 0; i < paths.size(); i++) {
            if (id.equals(ids.get(paths.get(i)))) {
                return i;
            }
        }
        throw new IllegalStateException("directory " + id + " is not configured");
    }

    private LogDirectory home(int shardId) throws LogDirectoryOfflineException {
        Uuid id = homeId(shardId);
        LogDirectory directory = usable.get(id);
        if (directory == null) {
            throw new LogDirectoryOfflineException(
                    shardId, paths.get(indexOf(shardId)).toString());
        }
        return directory;
    }

    /** The directory of a shard; it is given one if it has none. */
    private Uuid homeId(int shardId) {
        synchronized (homes) {
            Optional<Uuid> known = homes.home(shardId);
            if (known.isPresent()) {
                return known.get();
            }
            LogDirectory fewest = null;
            for (LogDirectory d : usable.values()) {
                boolean better = fewest == null
                        || (fewest.failed() && !d.failed())
                        || (fewest.failed() == d.failed()
                                && homes.count(d.directoryId()) < homes.count(fewest.directoryId()));
                fewest = better ? d : fewest;
            }
            Uuid chosen = Objects.requireNonNull(fewest).directoryId();
            homes.put(shardId, chosen);
            try {
                save();
            } catch (IOException e) {
                LOG.warn("event=shard_homes_not_saved shard={}", shardId, e); // the directories themselves tell
            }
            return chosen;
        }
    }

    private static String absolute(Path path) {
        return path.toAbsolutePath().normalize().toString();
    }
}
