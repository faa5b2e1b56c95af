package io.braid.log.compact;

import java.io.IOException;
import java.nio.ByteBuffer;

/** The batches of one partition in the order of their offsets. Used by one thread; blocks. */
public interface BatchSource {
    /** Takes batches. */
    interface Visitor {
        /**
         * Takes one batch.
         *
         * @param batch between position and limit, checked against its CRC, valid during the call
         * @return false to stop
         */
        boolean visit(ByteBuffer batch) throws IOException;
    }

    /** Visits the batches that end at or after {@code fromOffset} and begin before {@code endOffset}. */
    void forEach(long fromOffset, long endOffset, Visitor visitor) throws IOException;
}
