package io.braid.perf.chaos.history;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A history on its way into a file. Thread-safe; the order of lines is that of the calls. */
public final class HistoryFile implements AutoCloseable {
    private final long startedNs = System.nanoTime();
    private final BufferedWriter out;
    private boolean closed;

    public HistoryFile(Path file) throws IOException {
        out = Files.newBufferedWriter(file, StandardCharsets.UTF_8);
    }

    /** Milliseconds since this was made: the time of operations. */
    public long nowMs() {
        return (System.nanoTime() - startedNs) / 1_000_000;
    }

    /** Writes a line; what comes after the end is dropped. */
    public void add(Op op) {
        String line = HistoryFormat.line(op);
        synchronized (this) {
            if (closed) {
                return;
            }
            try {
                out.write(line);
                out.write('\n');
            } catch (IOException e) {
                throw new UncheckedIOException("the history cannot be written", e);
            }
        }
    }

    /** A note, of now. */
    public void note(Op.Note.Kind kind, String process, String text) {
        add(new Op.Note(nowMs(), kind, process, text));
    }

    @Override
    public synchronized void close() throws IOException {
        closed = true;
        out.close();
    }

    /** Reads a file from its beginning. */
    public static void read(Path file, OpVisitor visitor) throws IOException {
        try (BufferedReader in = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            String line;
            while ((line = in.readLine()) != null) {
                HistoryFormat.parse(line).to(visitor);
            }
        }
    }
}
