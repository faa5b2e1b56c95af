package io.braid.log;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/**
 * Small property files that say whether they are whole: the value of {@code crc} is the CRC32C, in 8 hex digits, of the other
 * properties as lines {@code key=value\n} in the order of their keys. A file without it (of an older version) counts as whole.
 * Stateless.
 */
public final class CheckedProperties {
    /** Key of the checksum. */
    public static final String CRC = "crc";

    private CheckedProperties() {}

    /** What a file says; empty when it is damaged. */
    public static Optional<Properties> read(Path file) throws IOException {
        Properties properties = new Properties();
        try {
            properties.load(new StringReader(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1)));
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // a malformed escape
        }
        Object crc = properties.remove(CRC);
        boolean whole = crc == null || crc.equals(crcOf(properties));
        return whole ? Optional.of(properties) : Optional.empty();
    }

    /** Writes a file so that it is there whole or not at all. */
    public static void write(Path file, Map<String, String> values) throws IOException {
        Properties properties = new Properties();
        properties.putAll(values);
        LogFiles.writeAtomically(file, lines(properties) + CRC + "=" + crcOf(properties) + "\n");
    }

    private static String crcOf(Properties properties) {
        CRC32C crc = new CRC32C();
        crc.update(lines(properties).getBytes(StandardCharsets.ISO_8859_1));
        return String.format("%08x", crc.getValue());
    }

    private static String lines(Properties properties) {
        StringBuilder lines = new StringBuilder();
        new TreeMap<>(properties)
                .forEach((key, value) ->
                        lines.append(key).append('=').append(value).append('\n'));
        return lines.toString();
    }
}
