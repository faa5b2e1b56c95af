package io.braid.perf.chaos.check;

/**
 * Where one process stands in one partition.
 *
 * @param group empty without one
 * @param assignedMs when it was assigned
 * @param fresh nothing was read since
 * @param last offset read last, or before the one to begin at; -2 if the group's commits say where to begin
 * @param poll which poll read it
 */
record Cursor(String group, long assignedMs, boolean fresh, long last, int poll) {
    static final long BY_COMMIT = -2;

    Cursor moved(long to, int inPoll) {
        return new Cursor(group, assignedMs, false, to, inPoll);
    }
}
