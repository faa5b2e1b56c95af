package io.braid.simulation.scale;

import io.braid.image.ClusterImage;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What one happening did to the metadata.
 *
 * @param before the image that everybody has when it begins
 * @param changes in order, at least one
 * @param dead brokers that do not run meanwhile
 */
record Wave(Happening happening, ClusterImage before, List<Change> changes, Set<Integer> dead) {

    /** Lets it happen to a fork of the metadata. */
    static Wave of(Happening happening, Metadata metadata, ClusterSize size) {
        Metadata own = metadata.fork();
        Operations operations = new Operations(own, size);
        happening.prepare(operations);
        own.takeChanges();
        ClusterImage before = own.image();
        happening.happen(operations);
        return new Wave(happening, before, own.takeChanges(), happening.dead(size));
    }

    ClusterImage after() {
        return changes.get(changes.size() - 1).after();
    }

    long records() {
        return changes.stream().mapToLong(change -> change.records().size()).sum();
    }

    long deltaBytes() {
        return changes.stream().mapToLong(change -> change.delta().length).sum();
    }

    /** One line of results; a rolling restart is of some brokers, which the line names. */
    Map<String, Object> figures(ClusterSize size) {
        long appliedNs = 0;
        long allocated = 0;
        long entryBytes = 0;
        Map<String, Integer> commands = new TreeMap<>();
        Map<String, Integer> kinds = new TreeMap<>();
        for (Change change : changes) {
            appliedNs += change.applying().ns();
            allocated += change.applying().allocatedBytes();
            entryBytes += change.entryBytes();
            commands.merge(change.command().getClass().getSimpleName(), 1, Integer::sum);
            change.records().forEach(record -> kinds.merge(record.getClass().getSimpleName(), 1, Integer::sum));
        }
        Map<String, Object> figures = Figures.of(
                "happening", happening.id(),
                "raftEntries", changes.size(),
                "raftBytes", entryBytes,
                "records", records(),
                "deltaBytes", deltaBytes(),
                "applyMs", Figures.rounded(appliedNs / 1e6),
                "applyAllocatedBytes", allocated,
                "commandsByKind", commands,
                "recordsByKind", kinds);
        if (happening == Happening.ROLLING_RESTART) {
            int restarted = Happening.restarts(size);
            figures.put("brokersRestarted", restarted);
            figures.put("raftEntriesForAllBrokers", (long) changes.size() * size.brokers() / restarted);
            figures.put("recordsForAllBrokers", records() * size.brokers() / restarted);
        }
        return figures;
    }
}
