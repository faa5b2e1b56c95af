package io.braid.broker.shard;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;

/**
 * Which log directory each shard lives in, and where each directory lies, kept as a text in every one of several directories: when
 * one cannot be read, the others still tell what is in it, so that its shards are not begun anew elsewhere.
 *
 * <p>Not thread-safe.
 */
final class ShardHomes {
    private static final String VERSION = "1";

    private final Map<Integer, Uuid> homes = new TreeMap<>();
    private final Map<Uuid, String> places = new LinkedHashMap<>();
    private long revision;

    /** None known. */
    ShardHomes() {}

    /** @throws IllegalArgumentException the text is damaged, or of a version that is not known */
    static ShardHomes parse(String text) {
        Properties lines = new Properties();
        try {
            lines.load(new StringReader(text));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (!VERSION.equals(lines.getProperty("version")) || !"end".equals(lines.getProperty("end"))) {
            throw new IllegalArgumentException("version " + lines.getProperty("version"));
        }
        ShardHomes parsed = new ShardHomes();
        parsed.revision = Long.parseLong(lines.getProperty("revision", ""));
        for (String key : lines.stringPropertyNames()) {
            if (key.startsWith("shard.")) {
                parsed.homes.put(
                        Integer.valueOf(key.substring("shard.".length())), Uuid.fromString(lines.getProperty(key)));
            } else if (key.startsWith("directory.")) {
                parsed.places.put(Uuid.fromString(key.substring("directory.".length())), lines.getProperty(key));
            }
        }
        return parsed;
    }

    /** For {@link #parse}; each text is newer than those before. */
    String text() {
        revision++;
        StringBuilder text = new StringBuilder("version=" + VERSION + "\nrevision=" + revision + "\n");
        places.forEach((id, path) -> text.append("directory.")
                .append(id)
                .append('=')
                .append(path.replace("\\", "\\\\"))
                .append('\n'));
        homes.forEach((shard, id) ->
                text.append("shard.").append(shard).append('=').append(id).append('\n'));
        return text.append("end=end\n").toString();
    }

    /** Grows with every text. */
    long revision() {
        return revision;
    }

    Optional<Uuid> home(int shard) {
        return Optional.ofNullable(homes.get(shard));
    }

    /** False if that was known. */
    boolean put(int shard, Uuid directory) {
        return !directory.equals(homes.put(shard, directory));
    }

    void remove(int shard) {
        homes.remove(shard);
    }

    long count(Uuid directory) {
        return homes.values().stream().filter(directory::equals).count();
    }

    /** By shard. */
    Map<Integer, Uuid> all() {
        return new TreeMap<>(homes);
    }

    /** The directory that lay at a path when it was last seen. */
    Optional<Uuid> directoryAt(String path) {
        return places.entrySet().stream()
                .filter(place -> place.getValue().equals(path))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    /**
     * Says which directories there are and where they lie; shards in others are forgotten, since whoever takes a directory out of the
     * configuration gives up what is in it. False if all that was known.
     */
    boolean directories(Map<Uuid, String> now) {
        boolean changed = !new HashMap<>(places).equals(now);
        places.clear();
        places.putAll(now);
        boolean forgotten = homes.values().removeIf(id -> !now.containsKey(id));
        return forgotten || changed;
    }
}
