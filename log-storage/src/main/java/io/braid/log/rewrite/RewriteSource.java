package io.braid.log.rewrite;

import io.braid.log.index.SegmentIndex;
import io.braid.log.index.SegmentInfo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/** A sealed segment that is rewritten. Used by one thread at a time; blocks. */
public interface RewriteSource {
    SegmentInfo info();

    SegmentIndex index() throws IOException;

    /**
     * Goes on with what has to be read before the first batch is copied.
     *
     * @param maxBytes read at most, but for one entry
     * @return bytes read; 0 when it is done
     * @throws DamagedSourceException an entry is damaged
     */
    long prepare(long maxBytes) throws IOException;

    /** Entries that are no batches and still matter: their headers of 64 bytes in LSN order. Once it is prepared. */
    List<ByteBuffer> controls() throws IOException;

    /**
     * LSN of the entry of a batch. Once it is prepared.
     *
     * @param row of the batch in the index
     * @param position of its first byte
     */
    long lsn(int row, long position) throws IOException;

    /** Fills {@code target} from the segment's file. */
    void read(ByteBuffer target, long position) throws IOException;
}
