package io.braid.containers;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/** Waiting for something to become true. */
final class Conditions {

    private static final long LOOK_AGAIN_NS = 50_000_000;

    private Conditions() {}

    /**
     * Blocks until the condition holds; one that throws does not hold yet.
     *
     * @throws AssertionError when it does not within the time, with what it threw last as the cause
     */
    static void await(String what, Duration atMost, Callable<Boolean> condition) {
        long deadline = System.nanoTime() + atMost.toNanos();
        Exception last = null;
        do {
            try {
                if (condition.call()) {
                    return;
                }
                last = null;
            } catch (Exception e) {
                last = e;
            }
            LockSupport.parkNanos(LOOK_AGAIN_NS);
        } while (System.nanoTime() < deadline);
        throw new AssertionError("not within " + atMost.toSeconds() + " s: " + what, last);
    }
}
