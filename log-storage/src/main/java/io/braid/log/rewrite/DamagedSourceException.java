package io.braid.log.rewrite;

import java.io.IOException;

/** What was to be copied is damaged: the segment stays as it is, so that nothing of it is lost that others may repair. */
public final class DamagedSourceException extends IOException {
    private static final long serialVersionUID = 1L;

    private final int segment;
    private final long position;

    /** @param segment first ordinal of the source */
    public DamagedSourceException(int segment, long position, String reason) {
        super("segment " + segment + " at " + position + ": " + reason);
        this.segment = segment;
        this.position = position;
    }

    public int segment() {
        return segment;
    }

    public long position() {
        return position;
    }
}
