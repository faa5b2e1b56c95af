package io.braid.broker.cli;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A line as a record: its key, which may be missing, and its value. The arrays are not copied.
 *
 * @param key null for a record without a key
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record KeyedLine(byte[] key, byte[] value) {

    /**
     * Cuts a line at the first separator.
     *
     * @param separator empty for "the whole line is the value"
     * @throws IllegalArgumentException when the separator is not in the line
     */
    static KeyedLine cut(byte[] line, byte[] separator) {
        if (separator.length == 0) {
            return new KeyedLine(null, line);
        }
        int at = indexOf(line, separator);
        if (at < 0) {
            throw new IllegalArgumentException(
                    "has no key separator \"" + new String(separator, StandardCharsets.UTF_8) + "\"");
        }
        return new KeyedLine(
                Arrays.copyOfRange(line, 0, at), Arrays.copyOfRange(line, at + separator.length, line.length));
    }

    private static int indexOf(byte[] line, byte[] separator) {
        for (int i = 0; i + separator.length <= line.length; i++) {
            if (Arrays.equals(line, i, i + separator.length, separator, 0, separator.length)) {
                return i;
            }
        }
        return -1;
    }
}
