package io.braid.perf.load;

import io.braid.perf.measure.LatencyRecorder;
import io.braid.perf.measure.ResultLine;

/**
 * How long records took.
 *
 * @param acknowledged until the broker's answer was there: from the send or, on a schedule, from when the record was due
 * @param late on a schedule, by how much a record was sent after it was due: waiting for memory, or the fault of this machine
 */
record Times(LatencyRecorder acknowledged, LatencyRecorder late) {
    Times() {
        this(new LatencyRecorder(), new LatencyRecorder());
    }

    /** Adds {@code latencyFrom} (send or due), the percentiles, and those of {@code late} on a schedule. */
    void putInto(ResultLine line, boolean onSchedule) {
        line.put("latencyFrom", onSchedule ? "due" : "send");
        acknowledged.putInto(line, "");
        if (onSchedule) {
            late.putInto(line, "late");
        }
    }
}
