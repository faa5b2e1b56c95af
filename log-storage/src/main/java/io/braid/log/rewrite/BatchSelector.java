package io.braid.log.rewrite;

import io.braid.log.index.BatchLocation;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Says what becomes of each batch when segments are rewritten. Asked once for every batch of the sources, partition by partition (ordered by
 * topic id as an unsigned number, then partition), by ascending offsets within one. Called by one background thread; may block.
 *
 * <p>The links between a partition's segments go through its directory entries. So when all batches of a partition in the sources are dropped
 * although there are older ones that still count, these could not be found any more: leave one batch, replaced by an empty one if need be.
 * Dropping by the log start, or a whole topic, never does that.
 */
public interface BatchSelector {
    /** Drops nothing. */
    BatchSelector KEEP_ALL = batch -> Verdict.KEEP;

    Verdict select(Candidate batch) throws IOException;

    /** A batch that is looked at. Good until the selector returns. */
    interface Candidate {
        long topicIdMsb();

        long topicIdLsb();

        int partition();

        /** Its row in the index, with position and size in the source. */
        BatchLocation at();

        /** Its entry's LSN. Reads the entry's header. */
        long lsn() throws IOException;

        /** The whole batch, CRC checked, between position and limit; not to be changed. Read when it is asked for. */
        ByteBuffer bytes() throws IOException;
    }

    /** What becomes of a batch. Immutable but for the position of the bytes. */
    final class Verdict {
        /** It is copied as it is. */
        public static final Verdict KEEP = new Verdict(null);
        /** It is not in the rewritten segment. */
        public static final Verdict DROP = new Verdict(null);

        private final ByteBuffer bytes;

        private Verdict(ByteBuffer bytes) {
            this.bytes = bytes;
        }

        /**
         * Another batch takes its place: with the same base offset, last offset and leader epoch, and a CRC that fits.
         *
         * @param batch between position and limit; may be used again once the selector is asked for the next batch
         */
        public static Verdict replace(ByteBuffer batch) {
            return new Verdict(batch);
        }

        /** The replacement; null for {@link #KEEP} and {@link #DROP}. */
        ByteBuffer bytes() {
            return bytes;
        }
    }
}
