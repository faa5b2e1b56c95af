package io.braid.perf.chaos.cluster;

import io.braid.perf.nodes.Commands;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Evens brokers out by the command line, and says what that took. Used by one thread. */
public final class Balance {
    private static final Duration LONGEST = Duration.ofMinutes(10);
    private static final Pattern NUMBER = Pattern.compile("\"([a-z-]+)\":\\s*(-?\\d+)");

    private final BraidCluster cluster;

    public Balance(BraidCluster cluster) {
        this.cluster = cluster;
    }

    /**
     * What a plan takes.
     *
     * @param bytes that it copies
     * @param boundBytes the least that any plan copies which ends as even
     */
    public record Plan(long moves, long bytes, long boundBytes) {}

    /** Limits what each broker copies, from now on. */
    public void throttle(long bytesPerSecond) throws IOException, InterruptedException {
        run(List.of("shards", "throttle", "--rate", Long.toString(bytesPerSecond)));
    }

    /** Evens out what brokers store; returns when all moves are done. */
    public Plan run() throws IOException, InterruptedException {
        String printed = run(List.of("shards", "balance", "--json", "--wait"));
        for (String line : printed.lines().toList()) {
            if (line.contains("\"bytes-to-move\"")) {
                return new Plan(number(line, "moves"), number(line, "bytes-to-move"), number(line, "lower-bound"));
            }
        }
        throw new IOException("no plan was printed");
    }

    /** What a broker stores, in bytes. */
    public long bytes(int broker) throws IOException, InterruptedException {
        return number(run(List.of("brokers", "describe", Integer.toString(broker), "--json")), "bytes");
    }

    private String run(List<String> arguments) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(arguments);
        all.addAll(List.of("--bootstrap", cluster.bootstrap()));
        Commands.Outcome outcome = cluster.braid(all, LONGEST);
        if (!outcome.ok()) {
            throw new IOException("braid " + String.join(" ", arguments) + ": " + outcome.output());
        }
        return outcome.output();
    }

    private static long number(String json, String name) throws IOException {
        Matcher matcher = NUMBER.matcher(json);
        while (matcher.find()) {
            if (matcher.group(1).equals(name)) {
                return Long.parseLong(matcher.group(2));
            }
        }
        throw new IOException("no " + name + " in " + json);
    }
}
