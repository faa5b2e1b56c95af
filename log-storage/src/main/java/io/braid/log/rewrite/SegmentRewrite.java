package io.braid.log.rewrite;

import io.braid.log.index.SegmentIndexes;
import io.braid.log.index.SegmentInfo;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Makes a rewritten segment of one or more neighbouring sealed ones, in pieces: each {@link #advance} copies about so many bytes, so that whoever
 * calls can keep to a rate. Every batch is checked when it is read. Nothing counts before the {@link SegmentManifest} names the result. Owned by one
 * thread at a time; blocks.
 */
public final class SegmentRewrite implements AutoCloseable {
    /**
     * @param target its files
     * @param sources in log order; each begins with the LSN at which the one before it ends
     * @param selector what becomes of each batch
     * @param older finds the sealed segments before the sources
     * @param step for tests
     */
    public SegmentRewrite(
            RewriteTarget target,
            List<RewriteSource> sources,
            BatchSelector selector,
            SegmentIndexes older,
            FileStep step)
            throws IOException {
        throw new UnsupportedOperationException();
    }

    /**
     * Goes on copying.
     *
     * @param maxBytes read at most, but for one batch
     * @return whether all is copied
     */
    public boolean advance(long maxBytes) throws IOException {
        throw new UnsupportedOperationException();
    }

    /** Bytes read so far. */
    public long bytesRead() {
        return 0;
    }

    /** Bytes written so far. */
    public long bytesWritten() {
        return 0;
    }

    /**
     * Forces the file, gives it its name, and writes the index: both are whole and durable, but do not count yet.
     *
     * @return empty when nothing was kept; there is no file then
     */
    public Optional<SegmentInfo> finish(long nowMs) throws IOException {
        throw new UnsupportedOperationException();
    }

    /** Lets go of the files; removes what was written unless it was finished. */
    @Override
    public void close() throws IOException {}
}
