package io.braid.log.index;

import java.io.IOException;

/** An index file is damaged or of an unknown version: rebuild it from its segment. */
public final class CorruptIndexException extends IOException {
    private static final long serialVersionUID = 1L;

    public CorruptIndexException(String reason) {
        super(reason);
    }
}
