package io.braid.perf.chaos.load;

/** A reader that follows the ends of partitions on a thread of its own. */
interface Tail extends Runnable {

    /** Its name in the history. */
    String name();

    /** Asks it to end; from any thread. */
    void stop();

    /** Where it would read on, or -1 if it has read nothing there; from any thread. */
    long nextOffset(int partition);
}
