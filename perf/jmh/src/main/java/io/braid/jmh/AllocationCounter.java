package io.braid.jmh;

import com.sun.management.ThreadMXBean;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Counts the bytes that one operation of each benchmark allocates on the Java heap, on the thread that calls it.
 *
 * <p>What the second compiler proves not to escape it does not allocate, and what it proves depends on what ran before. The
 * counts are therefore taken in a JVM without it ({@code -XX:TieredStopAtLevel=1}), where each {@code new} that is executed
 * counts: upper bounds of what {@code -prof gc} shows, and the same in every run, on every machine, after any warm-up.
 */
public final class AllocationCounter {
    /** Without them the counts depend on the machine. */
    static final List<String> JVM_OPTIONS =
            List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xms512m", "-Xmx512m", "-XX:+UseCompressedOops");

    private static final int WARM_UP = 3_000;
    private static final int OPERATIONS = 4_096;
    private static final int ROUNDS = 3;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private AllocationCounter() {}

    /** Prints {@code Class.method bytes} lines to stdout, all or of the classes named. Exit code 1 when one fails. */
    public static void main(String[] classes) throws InterruptedException {
        AtomicReference<Throwable> failure = new AtomicReference<>();
        // Netty recycles on threads of its own kind, as event loops are, what it makes anew on others.
        Thread thread = new FastThreadLocalThread(() -> {
            try {
                countAll(Arrays.asList(classes));
            } catch (Throwable e) { // a benchmark may throw what it likes
                failure.set(e);
            }
        });
        thread.start();
        thread.join();
        if (failure.get() != null) {
            failure.get().printStackTrace();
            System.exit(1);
        }
    }

    private static void countAll(List<String> classes) throws Throwable {
        for (Class<?> benchmark : HotParts.BENCHMARKS) {
            if (classes.isEmpty() || classes.contains(benchmark.getSimpleName())) {
                count(benchmark).forEach((name, bytes) -> System.out.println(name + " " + bytes));
            }
        }
    }

    private static SortedMap<String, Long> count(Class<?> benchmark) throws Throwable {
        SortedMap<String, Long> counts = new TreeMap<>();
        List<Method> operations = Arrays.stream(benchmark.getMethods())
                .filter(method -> method.isAnnotationPresent(Benchmark.class))
                .sorted(Comparator.comparing(Method::getName))
                .toList();
        for (Method operation : operations) {
            Object instance = benchmark.getConstructor().newInstance();
            for (Method setup : benchmark.getMethods()) {
                if (setup.isAnnotationPresent(Setup.class)) {
                    setup.invoke(instance);
                }
            }
            MethodHandle call = MethodHandles.lookup()
                    .unreflect(operation)
                    .bindTo(instance)
                    .asType(MethodType.methodType(void.class));
            counts.put(benchmark.getSimpleName() + "." + operation.getName(), bytesPerOperation(call));
            for (Method tearDown : benchmark.getMethods()) {
                if (tearDown.isAnnotationPresent(TearDown.class)) {
                    tearDown.invoke(instance);
                }
            }
        }
        return counts;
    }

    /** The smallest of a few rounds: what is made once, such as a table that grows, counts in one of them only. */
    private static long bytesPerOperation(MethodHandle call) throws Throwable {
        run(call, WARM_UP);
        long least = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            run(call, OPERATIONS);
            least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
        }
        return Math.round((double) least / OPERATIONS);
    }

    private static void run(MethodHandle call, int times) throws Throwable {
        for (int i = 0; i < times; i++) {
            call.invokeExact();
        }
    }
}
