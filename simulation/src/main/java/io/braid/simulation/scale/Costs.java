package io.braid.simulation.scale;

import java.util.Map;

/**
 * Processor time of what machines do, in nanoseconds. What can be measured of the shipped code is, in the same run
 * ({@link CostsOfCode}); the rest, and all of it where a run is to be the same on every machine, is stated here.
 *
 * @param messageNs a message sent or received: system call, framing, dispatch; stated
 * @param raftEntryNs of a controller leader's thread for an entry in a pipeline of them; stated
 * @param command a command's decision and the image after it, by records
 * @param feedNs of the controller's thread to find what leads on from a version
 * @param encode an answer with a delta, by its bytes
 * @param apply a delta decoded and applied by a broker, by records
 * @param difference what differs between two images, by records
 * @param watch a client's answer made and encoded, by its bytes
 * @param route a client's answer decoded and applied, by its bytes
 * @param heartbeatNs a heartbeat taken by a controller; stated
 */
record Costs(
        long messageNs,
        long raftEntryNs,
        Linear command,
        long feedNs,
        Linear encode,
        Linear apply,
        Linear difference,
        Linear watch,
        Linear route,
        long heartbeatNs) {

    /** A fixed part, and one that grows with what there is. */
    record Linear(double fixedNs, double eachNs) {
        long of(long count) {
            return Math.round(fixedNs + eachNs * count);
        }

        /** Through two measured points; neither part is below zero. */
        static Linear through(long fewer, long fewerNs, long more, long moreNs) {
            double each = more == fewer ? 0 : Math.max(0, (double) (moreNs - fewerNs) / (more - fewer));
            return new Linear(Math.max(0, fewerNs - each * fewer), each);
        }

        private Map<String, Object> describe() {
            return Figures.of("fixedNs", Figures.rounded(fixedNs), "eachNs", Figures.rounded(eachNs));
        }
    }

    /** Of the order that two shared cores of 2024 showed; the same in every run. */
    static final Costs STATED = new Costs(
            5_000,
            20_000,
            new Linear(200_000, 2_000),
            1_000,
            new Linear(1_000, 0.5),
            new Linear(5_000, 1_000),
            new Linear(10_000, 100),
            new Linear(5_000, 3),
            new Linear(5_000, 5),
            3_000);

    Map<String, Object> describe() {
        return Figures.of(
                "messageNs", messageNs,
                "raftEntryNs", raftEntryNs,
                "command", command.describe(),
                "feedNs", feedNs,
                "encodeByByte", encode.describe(),
                "applyByRecord", apply.describe(),
                "differenceByRecord", difference.describe(),
                "watchByByte", watch.describe(),
                "routeByByte", route.describe(),
                "heartbeatNs", heartbeatNs);
    }
}
