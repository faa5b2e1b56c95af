package io.braid.broker.produce;

import java.nio.ByteBuffer;
import org.apache.kafka.common.protocol.Errors;

/**
 * What the check of a partition's records came to. Immutable.
 *
 * @param error           NONE, or why the batch is refused
 * @param message         a sentence for the client, or null
 * @param batch           the batch to append, null after an error; a view of the request or a re-encoded copy
 * @param logAppendTimeMs the time that was set in it, or -1
 */
record CheckedBatch(Errors error, String message, ByteBuffer batch, long logAppendTimeMs) {
    static CheckedBatch refused(Errors error, String message) {
        return new CheckedBatch(error, message, null, -1);
    }

    static CheckedBatch accepted(ByteBuffer batch, long logAppendTimeMs) {
        return new CheckedBatch(Errors.NONE, null, batch, logAppendTimeMs);
    }
}
