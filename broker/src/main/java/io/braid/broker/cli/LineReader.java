package io.braid.broker.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * Cuts a stream of bytes into lines at each {@code \n}, and at nothing else: no byte is decoded, dropped or added. What
 * follows the last {@code \n} is a line too, unless it is empty; so a stream ends its last line or does not, with the
 * same result. Confined to one thread.
 */
final class LineReader {

    private static final int CHUNK_BYTES = 1 << 16;

    private final InputStream in;
    private final int maxLineBytes;
    private final byte[] chunk = new byte[CHUNK_BYTES];
    private int position;
    private int limit;
    private boolean atEnd;

    LineReader(InputStream in, int maxLineBytes) {
        this.in = in;
        this.maxLineBytes = maxLineBytes;
    }

    /**
     * The next line without its {@code \n}; empty at the end of the stream. Blocks until there is one.
     *
     * @throws IOException when the stream fails, or a line is longer than the limit
     */
    Optional<byte[]> next() throws IOException {
        ByteArrayOutputStream line = null;
        while (true) {
            if (position == limit && !fill()) {
                return line == null ? Optional.empty() : Optional.of(line.toByteArray());
            }
            int end = position;
            while (end < limit && chunk[end] != '\n') {
                end++;
            }
            line = line == null ? new ByteArrayOutputStream(Math.max(end - position, 32)) : line;
            line.write(chunk, position, end - position);
            if (line.size() > maxLineBytes) {
                throw new IOException("a line is longer than " + maxLineBytes + " bytes");
            }
            position = end;
            if (end < limit) {
                position++;
                return Optional.of(line.toByteArray());
            }
        }
    }

    private boolean fill() throws IOException {
        if (atEnd) {
            return false;
        }
        position = 0;
        limit = Math.max(0, in.read(chunk));
        atEnd = limit == 0;
        return !atEnd;
    }
}
