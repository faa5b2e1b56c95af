package io.braid.perf.scaling;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Why a broker went no further: a sentence, and what the node said last. Immutable.
 *
 * @param logLines of the node, the last that warn, or the last of all when none does
 */
record Stop(String reason, List<String> logLines) {
    private static final int LINES = 6;
    private static final int LINE_CHARACTERS = 300;

    /**
     * What is known when a step has failed.
     *
     * @param step that failed, in words
     * @param failure what the step threw, in words
     * @param log the last part of the node's output
     * @param exitStatus of the node; -1 while it runs
     */
    record Evidence(String step, String failure, List<String> log, int exitStatus, NodeLimits.Seen seen) {}

    static Stop of(Evidence evidence) {
        List<String> warnings = evidence.log().stream()
                .filter(line -> line.contains(" WARN ") || line.contains(" ERROR ") || line.contains(" FATAL ")
                        || line.contains("Exception") || line.contains("Error:"))
                .filter(line -> !line.stripLeading().startsWith("at "))
                .toList();
        List<String> shown = warnings.isEmpty() ? evidence.log() : warnings;
        return new Stop(
                reason(evidence) + ended(evidence),
                shown.stream().skip(Math.max(0, shown.size() - LINES)).map(Stop::cut).toList());
    }

    private static String reason(Evidence evidence) {
        NodeLimits.Seen seen = evidence.seen();
        String failed = evidence.step() + " failed: " + cut(evidence.failure());
        if (said(evidence, "Too many open files")) {
            return String.format(
                    Locale.ROOT,
                    "too many open files: %,d descriptors were open of the %,d that ulimit -Hn allows (and %,d maps of"
                            + " vm.max_map_count %,d). %s",
                    seen.mostFds(), seen.fdLimit(), seen.mostMaps(), seen.mapLimit(), failed);
        }
        if (said(evidence, "Map failed") || said(evidence, "Cannot allocate memory")) {
            return String.format(
                    Locale.ROOT,
                    "too many memory maps: %,d of vm.max_map_count %,d (and %,d descriptors of %,d). %s",
                    seen.mostMaps(), seen.mapLimit(), seen.mostFds(), seen.fdLimit(), failed);
        }
        if (said(evidence, "OutOfMemoryError")) {
            return "the heap was full. " + failed;
        }
        if (said(evidence, "No space left on device")) {
            return "the disk was full. " + failed;
        }
        if (evidence.failure().contains("PolicyViolation")) {
            return "the controller refused. " + failed;
        }
        return failed;
    }

    private static boolean said(Evidence evidence, String words) {
        return Stream.concat(Stream.of(evidence.failure()), evidence.log().stream())
                .anyMatch(line -> line.contains(words));
    }

    private static String ended(Evidence evidence) {
        return evidence.exitStatus() < 0
                ? "; the process still ran"
                : "; the process had ended with status " + evidence.exitStatus();
    }

    private static String cut(String line) {
        return line.length() <= LINE_CHARACTERS ? line : line.substring(0, LINE_CHARACTERS) + "...";
    }
}
