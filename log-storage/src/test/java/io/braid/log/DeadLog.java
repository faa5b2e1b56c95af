package io.braid.log;

/** A log whose first segments have been deleted. */
final class DeadLog {
    private DeadLog() {}

    /** Appends 100 batches to each of two partitions, deletes most of both, restarts, and appends some more. */
    static void make(LogFixture log) {
        for (int i = 0; i < 200; i++) {
            log.append(i % 2, 1, 5_000);
        }
        EntryBatch starts = new EntryBatch();
        starts.addLogStart(LogFixture.TOPIC, 1, 0, 0, 90);
        starts.addLogStart(LogFixture.TOPIC, 1, 1, 0, 95);
        log.append(starts);
        log.reopen();
        log.maintain();
        for (int i = 0; i < 10; i++) {
            log.append(i % 3, 1, 500);
        }
    }
}
