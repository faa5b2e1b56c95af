package io.braid.broker.cli;

import java.io.IOException;

/** Nobody reads standard output any more, as in {@code braid consume T | head}: the command ends quietly. */
final class OutputClosedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    OutputClosedException(IOException cause) {
        super("standard output is closed: " + cause.getMessage(), cause);
    }
}
