package io.braid.log.rewrite;

import io.braid.log.index.SegmentIndex;
import io.braid.log.index.SegmentInfo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/** A sealed segment that is rewritten. Used by one background thread; blocks. */
public interface RewriteSource {
    SegmentInfo info();

    SegmentIndex index() throws IOException;

    /** Fills {@code target} from the segment's file. */
    void read(ByteBuffer target, long position) throws IOException;

    /**
     * LSN of the entry of a batch.
     *
     * @param position of the batch's first byte
     * @param batch how many batches of the same partition lie before it in this segment
     * @param of how many there are
     * @throws IOException the entry is damaged
     */
    long lsn(long position, int batch, int of) throws IOException;

    /** The headers of the entries that are no batches and still matter, in LSN order, as they are in the file. */
    List<ByteBuffer> controls() throws IOException;
}
