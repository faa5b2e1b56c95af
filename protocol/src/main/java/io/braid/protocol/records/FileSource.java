package io.braid.protocol.records;

import java.nio.channels.FileChannel;

/**
 * A file that answers may be sent from, kept open while it is retained.
 *
 * <p>Thread-safe: the log retains it for a reader, the event loop releases it when the bytes are out.
 */
public interface FileSource {
    FileChannel channel();

    /** Takes a reference; the file stays readable until it is given back. */
    void retain();

    /** Gives one reference back; the last one may close the file. */
    void release();
}
