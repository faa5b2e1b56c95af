package io.braid.simulation.scale;

import io.braid.controller.Command;
import io.braid.image.ClusterImage;
import io.braid.image.MetadataRecord;
import io.braid.quorum.message.RecordBatch;
import java.util.List;

/** A command that was applied, and what it changed. Immutable, if nobody writes to {@link #delta}. */
final class Change {
    private final Command command;
    private final int entryBytes;
    private final Measured applying;
    private final ClusterImage before;
    private final ClusterImage after;
    private final List<MetadataRecord> records;
    private final byte[] delta;

    Change(
            Command command,
            int entryBytes,
            Measured applying,
            ClusterImage before,
            ClusterImage after,
            List<MetadataRecord> records) {
        this.command = command;
        this.entryBytes = entryBytes;
        this.applying = applying;
        this.before = before;
        this.after = after;
        this.records = List.copyOf(records);
        this.delta = new RecordBatch(before.version(), after.version(), records).encode();
    }

    Command command() {
        return command;
    }

    /** Of its Raft entry. */
    int entryBytes() {
        return entryBytes;
    }

    /** What it cost the state machine. */
    Measured applying() {
        return applying;
    }

    ClusterImage before() {
        return before;
    }

    ClusterImage after() {
        return after;
    }

    List<MetadataRecord> records() {
        return records;
    }

    /** The records as brokers get them. */
    byte[] delta() {
        return delta;
    }
}
