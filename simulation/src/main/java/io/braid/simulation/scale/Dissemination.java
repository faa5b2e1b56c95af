package io.braid.simulation.scale;

import java.util.Map;

/** How brokers come to what the leading controller committed. */
interface Dissemination {
    /** For the lines of results. */
    String name();

    /** The leader's state machine has applied it: now. */
    void onCommitted(Change change);

    /** What is peculiar to this way, for the line of results. */
    void describe(Map<String, Object> into);
}
