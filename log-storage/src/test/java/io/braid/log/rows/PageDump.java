package io.braid.log.rows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;

/**
 * A file of pages as text, for golden files: each page's bytes up to the zeros at its end, 16 a line, and its
 * checksum.
 */
public final class PageDump {
    private static final int LINE_BYTES = 16;

    private PageDump() {}

    public static String of(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        HexFormat hex = HexFormat.ofDelimiter(" ");
        StringBuilder dump = new StringBuilder();
        for (int page = 0; page < bytes.length; page += RowFileFormat.PAGE_BYTES) {
            int crc = page + RowFileFormat.PAYLOAD_BYTES;
            int end = crc;
            while (end > page && bytes[end - 1] == 0) {
                end--;
            }
            dump.append("page ").append(page / RowFileFormat.PAGE_BYTES).append('\n');
            for (int at = page; at < end; at += LINE_BYTES) {
                dump.append(String.format("%04x  ", at - page))
                        .append(hex.formatHex(bytes, at, Math.min(at + LINE_BYTES, end)))
                        .append('\n');
            }
            dump.append("crc   ")
                    .append(hex.formatHex(bytes, crc, crc + RowFileFormat.CRC_BYTES))
                    .append('\n');
        }
        return dump.toString();
    }
}
