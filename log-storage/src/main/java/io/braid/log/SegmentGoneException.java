package io.braid.log;

import java.io.IOException;

/** The segment a view pointed to was deleted or rewritten meanwhile: take a new view and try again. */
public final class SegmentGoneException extends IOException {
    private static final long serialVersionUID = 1L;

    public SegmentGoneException(String message) {
        super(message);
    }
}
