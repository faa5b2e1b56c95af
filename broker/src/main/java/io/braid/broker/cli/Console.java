package io.braid.broker.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * The three standard streams: bytes in, bytes out, and text for errors. Text is written in UTF-8 whatever the locale.
 *
 * @param out buffered; a command flushes what somebody may wait for
 */
record Console(InputStream in, OutputStream out, PrintStream err) {

    private static final int BUFFER_BYTES = 1 << 16;

    static Console ofProcess() {
        return new Console(
                new FileInputStream(FileDescriptor.in),
                new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), BUFFER_BYTES),
                new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8));
    }

    /** Writes a line to standard output. */
    void line(String text) {
        try {
            out.write(text.getBytes(StandardCharsets.UTF_8));
            out.write('\n');
        } catch (IOException e) {
            throw new OutputClosedException(e);
        }
    }

    /** Hands to the reader what was written. */
    void flush() {
        try {
            out.flush();
        } catch (IOException e) {
            throw new OutputClosedException(e);
        }
    }

    /** Writes a line to standard error. */
    void error(String text) {
        err.println("braid: " + text.replaceAll("\\s*[\\r\\n]+\\s*", "; "));
    }
}
