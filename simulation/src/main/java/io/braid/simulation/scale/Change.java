package io.braid.simulation.scale;

import io.braid.controller.Command;
import io.braid.image.ClusterImage;
import io.braid.image.MetadataRecord;
import io.braid.quorum.message.RecordBatch;
import java.util.List;

/**
 * A command that was applied.
 *
 * @param entryBytes of its Raft entry
 * @param applying what it cost the state machine
 * @param delta its records as brokers get them
 */
record Change(
        Command command,
        int entryBytes,
        Measured applying,
        ClusterImage before,
        ClusterImage after,
        List<MetadataRecord> records,
        byte[] delta) {

    static Change of(
            Command command,
            int entryBytes,
            Measured applying,
            ClusterImage before,
            ClusterImage after,
            List<MetadataRecord> records) {
        byte[] delta = new RecordBatch(before.version(), after.version(), records).encode();
        return new Change(command, entryBytes, applying, before, after, records, delta);
    }
}
