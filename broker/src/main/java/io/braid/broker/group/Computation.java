package io.braid.broker.group;

/** Work that is too long for the thread that owns a core, on immutable data. Run elsewhere, once. */
@FunctionalInterface
public interface Computation {
    /** Any thread. The result goes back to the core that asked for it, to be decided like a request of a client. */
    GroupRequest compute();
}
