package io.braid.broker.cli;

/** A failure that is told to the user as it is, in one line and without a stack trace. */
final class CliException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int exitCode;

    private CliException(int exitCode, String message, Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
    }

    /** The work failed. */
    static CliException failed(String message) {
        return new CliException(ExitCode.FAILED, message, null);
    }

    /** The work failed because of {@code cause}, which the message must explain. */
    static CliException failed(String message, Throwable cause) {
        return new CliException(ExitCode.FAILED, message, cause);
    }

    /** What was asked for makes no sense. */
    static CliException usage(String message) {
        return new CliException(ExitCode.USAGE, message, null);
    }

    int exitCode() {
        return exitCode;
    }
}
