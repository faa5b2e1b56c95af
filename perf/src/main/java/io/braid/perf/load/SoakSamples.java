package io.braid.perf.load;

import io.braid.perf.measure.ClientMemory;
import io.braid.perf.measure.ResultLine;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;

/** What a client held at rest, again and again, and whether that grew. Owned by one thread. */
final class SoakSamples {
    private static final int MOST_PRINTED = 100;
    private static final double MIB = 1 << 20;

    private record Sample(double second, ClientMemory memory) {}

    /**
     * How much growth is none, over the whole time; beyond it the run is not good.
     *
     * @param rssBytes resident memory also grows with what the JVM compiles
     */
    record Bounds(double heapBytes, double directBytes, double rssBytes, double threads) {}

    private final List<Sample> samples = new ArrayList<>();

    void add(double second, ClientMemory memory) {
        samples.add(new Sample(second, memory));
    }

    boolean enough() {
        return samples.size() >= Trend.LEAST_VALUES;
    }

    int size() {
        return samples.size();
    }

    /** What grew beyond its bound, in words; empty when nothing did. */
    String problem(Bounds bounds) {
        StringBuilder problem = new StringBuilder();
        append(problem, "heap", ClientMemory::heapBytes, bounds.heapBytes());
        append(problem, "direct memory", ClientMemory::directBytes, bounds.directBytes());
        append(problem, "resident memory", ClientMemory::rssBytes, bounds.rssBytes());
        double threads = growth(ClientMemory::threads);
        if (threads > bounds.threads()) {
            problem.append(String.format(Locale.ROOT, "threads grew by %.1f; ", threads));
        }
        return problem.toString().trim();
    }

    private void append(StringBuilder problem, String what, ToLongFunction<ClientMemory> figure, double bound) {
        double growth = growth(figure);
        if (growth > bound) {
            problem.append(String.format(Locale.ROOT, "%s grew by %.1f MiB; ", what, growth / MIB));
        }
    }

    private double growth(ToLongFunction<ClientMemory> figure) {
        double[] seconds = samples.stream().mapToDouble(Sample::second).toArray();
        double[] values = samples.stream()
                .mapToDouble(sample -> figure.applyAsLong(sample.memory()))
                .toArray();
        return Trend.of(seconds, values).growth();
    }

    /** Adds growths, and the series themselves, of which long ones are thinned out. */
    void putInto(ResultLine line) {
        line.put("samples", samples.size());
        put(line, "heapBytes", ClientMemory::heapBytes);
        put(line, "directBytes", ClientMemory::directBytes);
        put(line, "rssBytes", ClientMemory::rssBytes);
        put(line, "threads", ClientMemory::threads);
        line.put("sampledAtS", thinned().stream().map(Sample::second).toList());
    }

    private void put(ResultLine line, String name, ToLongFunction<ClientMemory> figure) {
        String upper = Character.toUpperCase(name.charAt(0)) + name.substring(1);
        if (enough()) {
            line.put("client" + upper + "Growth", growth(figure));
        }
        line.put(
                "client" + upper,
                thinned().stream()
                        .map(sample -> figure.applyAsLong(sample.memory()))
                        .toList());
    }

    private List<Sample> thinned() {
        int stride = (samples.size() + MOST_PRINTED - 1) / MOST_PRINTED;
        List<Sample> some = new ArrayList<>();
        for (int i = 0; i < samples.size(); i += stride) {
            some.add(samples.get(i));
        }
        return some;
    }
}
