package io.braid.protocol;

/** A frame that cannot be answered, only refused by closing its connection. The message is the reason for the log. */
public final class InvalidRequestException extends Exception {
    private static final long serialVersionUID = 1L;

    public InvalidRequestException(String message) {
        super(message, null, false, false); // without a stack trace: what clients send must not cost us one
    }
}
