package io.braid.controller;

import io.braid.image.MetadataRecord;
import java.util.List;

/** What a command comes to: what will have happened, and what to answer. */
record Decision(List<MetadataRecord> records, CommandResult result) {
    Decision {
        records = List.copyOf(records);
    }

    static Decision refused(CommandResult result) {
        return new Decision(List.of(), result);
    }
}
