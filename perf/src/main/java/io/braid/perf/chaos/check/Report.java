package io.braid.perf.chaos.check;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a history holds and what is wrong with it.
 *
 * @param sent records, of which {@code acked} were acknowledged ({@code withoutOffset} of them as a repetition of what is
 *     there, at an offset that the broker did not say), {@code failed} certainly did not happen, and {@code
 *     unknown} may have
 * @param read records, over all readers; {@code polls} brought them
 * @param commits acknowledged commits of groups
 * @param longestPauseMs by partition: the longest time between two acknowledgements since the first fault, or of all if there was none
 * @param pausedAtMs when that began
 * @param calmPauseMs the longest of any partition before the first fault
 * @param errors what clients were told since the first fault, or ever if there was none, by text, with how often
 * @param calmErrors the same before the first fault
 * @param anomalies how often each was found; empty when all is well
 * @param examples the first few of each
 */
public record Report(
        long sent,
        long acked,
        long withoutOffset,
        long failed,
        long unknown,
        long read,
        long polls,
        long commits,
        Map<Integer, Long> longestPauseMs,
        Map<Integer, Long> pausedAtMs,
        long calmPauseMs,
        Map<String, Long> errors,
        Map<String, Long> calmErrors,
        Map<Anomaly, Long> anomalies,
        Map<Anomaly, List<String>> examples) {
    public Report {
        longestPauseMs = new TreeMap<>(longestPauseMs);
        pausedAtMs = new TreeMap<>(pausedAtMs);
        errors = new TreeMap<>(errors);
        calmErrors = new TreeMap<>(calmErrors);
        anomalies = new TreeMap<>(anomalies);
        examples = new TreeMap<>(examples);
    }

    /** The longest pause of any partition, in milliseconds. */
    public long longestPauseOfAllMs() {
        return longestPauseMs.values().stream().mapToLong(ms -> ms).max().orElse(0);
    }

    /** Whether nothing is wrong. */
    public boolean valid() {
        return anomalies.isEmpty();
    }
}
