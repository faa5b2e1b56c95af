package io.braid.log;

import java.io.IOException;

/** A run of entries from another replica does not fit or is damaged: nothing of it was appended; ask for it again. */
public final class CorruptRunException extends IOException {
    private static final long serialVersionUID = 1L;

    public CorruptRunException(String reason) {
        super(reason);
    }
}
