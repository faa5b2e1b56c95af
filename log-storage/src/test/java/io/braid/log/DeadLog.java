package io.braid.log;

import static org.assertj.core.api.Assertions.assertThat;

/** Logs of which segments have been deleted. */
final class DeadLog {
    private DeadLog() {}

    /** A batch, and an entry in a segment of its own, which has no batch and is deleted: entry 1 is gone, the next is 2. */
    static void makeAtTheEnd(LogFixture log) {
        log.append(0, 1, 100);
        log.log.rollActive();
        EntryBatch epoch = new EntryBatch();
        epoch.addEpochStart(0);
        log.append(epoch);
        log.reopen();
        log.maintain();
        assertThat(log.events.deleted).hasSize(1);
    }

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
