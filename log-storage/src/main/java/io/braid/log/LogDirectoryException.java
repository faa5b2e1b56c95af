package io.braid.log;

/** A log directory cannot be used; the message is one clear line for the operator. */
public final class LogDirectoryException extends Exception {
    private static final long serialVersionUID = 1L;

    public LogDirectoryException(String message) {
        super(message);
    }

    public LogDirectoryException(String message, Throwable cause) {
        super(message, cause);
    }
}
