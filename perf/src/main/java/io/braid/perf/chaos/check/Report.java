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
 * @param longestPauseMs by partition: the longest time between two acknowledgements
 * @param pausedAtMs when that began
 * @param errors what clients were told, by text, with how often
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
        Map<String, Long> errors,
        Map<Anomaly, Long> anomalies,
        Map<Anomaly, List<String>> examples) {
    public Report {
        longestPauseMs = new TreeMap<>(longestPauseMs);
        pausedAtMs = new TreeMap<>(pausedAtMs);
        errors = new TreeMap<>(errors);
        anomalies = new TreeMap<>(anomalies);
        examples = new TreeMap<>(examples);
    }

    /** Whether nothing is wrong. */
    public boolean valid() {
        return anomalies.isEmpty();
    }
}
