package io.braid.broker.handler;

import io.braid.image.ClusterImage;
import io.braid.image.ImageChanges;
import io.braid.image.ShardImage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the last changes of the metadata concerned, so that a client which knows a version can be told what differs. Bounded by
 * the number of changes and of the things in them; who knows nothing so recent is told everything. Thread-safe.
 */
public final class WatchHistory {
    static final int MAX_CHANGES = 1_024;
    static final int MAX_THINGS = 100_000;

    /**
     * What differs between two versions.
     *
     * @param brokers ids of those that came, went or moved
     */
    public record Difference(ShardIds shards, Set<String> topics, Set<Integer> brokers) {
        private static final Difference NOTHING = new Difference(ShardIds.NONE, Set.of(), Set.of());

        int things() {
            return shards.size() + topics.size() + brokers.size() + 1;
        }
    }

    /**
     * The newest image, and what changed up to it.
     *
     * @param difference empty when it is not known any more: then all is to be told
     */
    public record State(ClusterImage image, Optional<Difference> difference) {}

    private record Change(long version, Difference difference) {}

    private final ArrayDeque<Change> changes = new ArrayDeque<>();
    private int things;
    private long from = -1; // what came after this version is known; -1 when nothing is
    private Optional<ClusterImage> newest = Optional.empty(); // that the changes lead to

    /** What differs between two images. */
    public static Difference between(ClusterImage before, ClusterImage after) {
        return difference(after.changesSince(before));
    }

    /** The metadata went from one image to the next; in order. */
    public Difference add(ClusterImage before, ClusterImage after) {
        Difference difference = between(before, after);
        add(before, after, difference);
        return difference;
    }

    /** As {@link #add(ClusterImage, ClusterImage)}, where the difference is known already. */
    public synchronized void add(ClusterImage before, ClusterImage after, Difference difference) {
        newest = Optional.of(after);
        if (from < 0 || difference.things() > MAX_THINGS) {
            changes.clear();
            things = 0;
            from = difference.things() > MAX_THINGS ? after.version() : before.version();
        }
        if (difference.things() <= MAX_THINGS) {
            changes.addLast(new Change(after.version(), difference));
            things += difference.things();
        }
        while (changes.size() > MAX_CHANGES || things > MAX_THINGS) {
            Change oldest = changes.removeFirst();
            things -= oldest.difference().things();
            from = oldest.version();
        }
    }

    /**
     * What changed after a version.
     *
     * @param atStart the image to answer with as long as nothing changed since the start of the node
     */
    public synchronized State since(long afterVersion, ClusterImage atStart) {
        ClusterImage image = newest.orElse(atStart);
        return new State(image, changes(afterVersion, image.version()));
    }

    private Optional<Difference> changes(long afterVersion, long upTo) {
        if (afterVersion >= upTo) {
            return Optional.of(Difference.NOTHING);
        }
        if (from < 0 || afterVersion < from) {
            return Optional.empty();
        }
        List<Difference> newer = new ArrayList<>();
        for (Iterator<Change> each = changes.descendingIterator(); each.hasNext(); ) {
            Change change = each.next();
            if (change.version() <= afterVersion) {
                break;
            }
            newer.add(change.difference());
        }
        return Optional.of(newer.size() == 1 ? newer.get(0) : together(newer));
    }

    private static Difference together(List<Difference> differences) {
        Set<String> topics = new HashSet<>();
        Set<Integer> brokers = new HashSet<>();
        differences.forEach(each -> {
            topics.addAll(each.topics());
            brokers.addAll(each.brokers());
        });
        ShardIds shards = ShardIds.of(differences.stream().flatMapToInt(each -> each.shards().stream()));
        return new Difference(shards, topics, brokers);
    }

    private static Difference difference(ImageChanges changes) {
        Set<String> topics = new HashSet<>();
        changes.topicsCreated().forEach(topic -> topics.add(topic.name()));
        changes.topicsDeleted().forEach(topic -> topics.add(topic.name()));
        changes.topicsChanged().forEach(topic -> topics.add(topic.name()));
        ShardIds shards = ShardIds.of(changes.shardsChanged().stream().mapToInt(ShardImage::id));
        return new Difference(shards, topics, Set.copyOf(changes.brokersChanged()));
    }
}
