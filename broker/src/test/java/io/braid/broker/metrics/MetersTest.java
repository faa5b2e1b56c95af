package io.braid.broker.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Test;

class MetersTest {

    @Test
    void counterGoesOnAfterACollection() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        Meters meters = new Meters(registry);
        LongAdder sum = new LongAdder();
        WeakReference<DoubleSupplier> source = counter(meters, sum);

        try {
            System.gc();
            sum.add(5);

            assertThat(source.get()).isNotNull();
            double count =
                    registry.get("braid.log.append.bytes").functionCounter().count();
            assertThat(count).isEqualTo(5);
        } finally {
            Reference.reachabilityFence(meters);
        }
    }

    /** In a method of its own, so that no local variable keeps the source. */
    private static WeakReference<DoubleSupplier> counter(Meters meters, LongAdder sum) {
        DoubleSupplier source = sum::sum;
        meters.counter(Metric.APPEND_BYTES, source);
        return new WeakReference<>(source);
    }
}
