package io.braid.perf.profile;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Adds up what a recording tells. Knows no files and no clock; owned by one thread. */
final class Profile {
    private static final int STACK_DEPTH = 8;
    private static final double NANOS_PER_MS = 1e6;
    private static final Pattern NUMBER = Pattern.compile("\\d+");

    private final Shares methods = new Shares();
    private final Shares nativeMethods = new Shares();
    private final Map<String, Shares> stacks = new TreeMap<>();
    private final Shares threads = new Shares();
    private final Shares allocations = new Shares();
    private final Shares locks = new Shares();
    private final Shares pauses = new Shares();
    private long samples;
    private double cpuSum;
    private long cpuCount;
    private long heapAfterGcBytes = -1;

    /** A thread was found running Java code. */
    void running(String thread, Stack stack) {
        samples++;
        methods.add(stack.top(), 1);
        stacks.computeIfAbsent(kind(thread), kind -> new Shares()).add(stack.text(STACK_DEPTH), 1);
    }

    /** A thread was found in native code, which may be waiting there: selectors, reads, writes. */
    void inNative(Stack stack) {
        nativeMethods.add(stack.site(), 1);
    }

    /** A sampled allocation stands for so many bytes. */
    void allocated(String type, long bytes, Stack stack) {
        allocations.add(type + " at " + stack.site(), (double) bytes);
    }

    /** A thread waited for a lock that another held. */
    void waitedForLock(String lock, long ns, Stack stack) {
        locks.add(lock + " at " + stack.ours().orElse(stack.top()), ns / NANOS_PER_MS);
    }

    /** A collection stopped all threads. */
    void collected(String name, long pausedNs) {
        pauses.add(name, pausedNs / NANOS_PER_MS);
    }

    void heapAfterGc(long bytes) {
        heapAfterGcBytes = bytes;
    }

    /** What a thread took in a second, as a part of all processors. */
    void threadCpu(String thread, double share) {
        threads.add(kind(thread), share);
    }

    /** What the process took in a second, as a part of all processors. */
    void processCpu(double share) {
        cpuSum += share;
        cpuCount++;
    }

    /** Threads that do the same go under one name: their numbers become {@code N}. */
    static String kind(String thread) {
        return NUMBER.matcher(thread).replaceAll("N");
    }

    /** Samples of threads that ran Java code. */
    long samples() {
        return samples;
    }

    Shares methods() {
        return methods;
    }

    Shares nativeMethods() {
        return nativeMethods;
    }

    /** Stacks by kind of thread. */
    Map<String, Shares> stacks() {
        return stacks;
    }

    Shares threads() {
        return threads;
    }

    /** By type and site, in bytes. */
    Shares allocations() {
        return allocations;
    }

    /** By lock and site, in ms. */
    Shares locks() {
        return locks;
    }

    /** By kind of collection, in ms. */
    Shares pauses() {
        return pauses;
    }

    /** Of the last collection; -1 when there was none. */
    long heapAfterGcBytes() {
        return heapAfterGcBytes;
    }

    /** Percent of all processors, on average; NaN when nothing told. */
    double cpuPercent() {
        return cpuCount == 0 ? Double.NaN : 100 * cpuSum / cpuCount;
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%d samples, %.1f %% CPU", samples, cpuPercent());
    }
}
