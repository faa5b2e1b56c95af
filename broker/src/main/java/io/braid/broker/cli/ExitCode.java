package io.braid.broker.cli;

/** What the process tells its caller. */
final class ExitCode {

    static final int DONE = 0;
    static final int FAILED = 1;
    /** Wrong command line or configuration. */
    static final int USAGE = 2;

    private ExitCode() {}
}
