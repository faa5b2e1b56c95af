package io.braid.perf.load;

import io.braid.perf.measure.LoadProducer.Completion;
import io.braid.perf.measure.ResultLine;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Counts sends that failed; one object serves all sends. Thread-safe. */
final class Failures implements Completion {
    private final LongAdder count = new LongAdder();
    private final Map<String, LongAdder> kinds = new ConcurrentHashMap<>();

    @Override
    public void done(long offset, Exception failure) {
        if (failure != null) {
            count.increment();
            kinds.computeIfAbsent(failure.getClass().getSimpleName(), k -> new LongAdder())
                    .increment();
        }
    }

    long count() {
        return count.sum();
    }

    /** {@code failed}, and {@code failures} by class where there are any. */
    void putInto(ResultLine line) {
        line.put("failed", count());
        if (!kinds.isEmpty()) {
            line.put("failures", new TreeMap<>(kinds).toString());
        }
    }
}
