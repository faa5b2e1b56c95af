package io.braid.client.consumer;

import io.braid.client.consumer.AssignedPartition.Stage;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Why partitions cannot be read, as the application is to be told: of each the last reason. Owned as the {@link Fetcher} is.
 */
final class ReadFailures {
    private final Map<AssignedPartition, RuntimeException> untold = new LinkedHashMap<>();

    void put(AssignedPartition partition, RuntimeException reason) {
        untold.put(partition, reason);
    }

    /** It does not matter any more. */
    void forget(AssignedPartition partition) {
        untold.remove(partition);
    }

    /**
     * The oldest failure: one that passes is told once, one that waits for a seek again and again, but not before what was
     * fetched is read; null when there is none.
     */
    RuntimeException next() {
        var entries = untold.entrySet().iterator();
        while (entries.hasNext()) {
            var entry = entries.next();
            if (entry.getKey().stage != Stage.FAILED) {
                entries.remove();
                return entry.getValue();
            }
            if (entry.getKey().chunks.isEmpty()) {
                return entry.getValue();
            }
        }
        return null;
    }

    /** Takes the oldest failure away, whether it passes or not; null when there is none. */
    RuntimeException take() {
        RuntimeException first = next();
        untold.values().remove(first);
        return first;
    }
}
