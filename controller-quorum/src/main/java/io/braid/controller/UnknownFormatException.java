package io.braid.controller;

/** A type or version that a newer release wrote: this one must not go on. */
public final class UnknownFormatException extends MalformedException {
    private static final long serialVersionUID = 1L;

    public UnknownFormatException(String what, int type, int version) {
        super("metadata holds a " + what + " of type " + type + " version " + version
                + ", which this release does not know: it was written by a newer one");
    }
}
