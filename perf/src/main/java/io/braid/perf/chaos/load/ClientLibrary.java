package io.braid.perf.chaos.load;

import io.braid.perf.measure.LoadProducer;

/** Makes the clients of a run: careful ones, with time-outs of a few seconds, so that a run of minutes sees what they do. */
interface ClientLibrary {

    /** Idempotent, and waits for all replicas in sync, unless the plan says otherwise. */
    LoadProducer producer(LoadPlan plan, String name);

    /** Reads what it assigns to itself, and has no way to go on where its position is not in the log. */
    RecordReader reader(LoadPlan plan, String name);

    /**
     * A member of a group, which begins with the oldest record where nothing was committed.
     *
     * @param protocol classic or consumer
     * @param leaves whether it leaves the group when it is closed; else the group notices by the session timeout
     */
    RecordReader member(LoadPlan plan, String name, String group, String protocol, boolean leaves);
}
