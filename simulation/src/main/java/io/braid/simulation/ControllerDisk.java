package io.braid.simulation;

import io.braid.controller.MetadataState;
import io.braid.controller.SnapshotCodec;

/** What a controller finds when it starts: its newest snapshot. Raft's log is forced, so the rest comes again from it. */
final class ControllerDisk {
    private static final int SNAPSHOT_ENTRIES = 25;

    private MetadataState snapshot = MetadataState.EMPTY;
    private int index;

    void applied(int newIndex, MetadataState state) {
        if (newIndex - index >= SNAPSHOT_ENTRIES) {
            snapshot = state;
            index = newIndex;
        }
    }

    /** Through the snapshot's bytes, as from a file. */
    MetadataState load() {
        if (index == 0) {
            return MetadataState.EMPTY;
        }
        SnapshotCodec.Decoder decoder = new SnapshotCodec.Decoder();
        SnapshotCodec.encode(snapshot, decoder::accept);
        MetadataState loaded = decoder.finish();
        if (!loaded.equals(snapshot)) {
            throw new Violation("images converge", "the snapshot of index " + index + " reads back otherwise");
        }
        return loaded;
    }

    int index() {
        return index;
    }
}
