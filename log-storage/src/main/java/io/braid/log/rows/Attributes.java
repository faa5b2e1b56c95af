package io.braid.log.rows;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.TreeMap;

/**
 * Tagged numbers of a {@link RowFile}, in a section of their own: 4 bytes tag, 4 bytes zero, 8 bytes value. A reader
 * ignores tags that it does not know.
 * Immutable.
 */
public final class Attributes {
    /** Section type; the same in all kinds of files. */
    public static final int SECTION = 1;

    private static final int ROW_BYTES = 16;
    private static final int VALUE = 8;

    private final Map<Integer, Long> values;

    public Attributes(Map<Integer, Long> values) {
        this.values = new TreeMap<>(values);
    }

    public Section section() {
        return Section.of(SECTION, ROW_BYTES, values.size());
    }

    /** Writes the rows of {@link #section}. */
    public void write(RowFileWriter writer) throws IOException {
        for (Map.Entry<Integer, Long> value : values.entrySet()) {
            ByteBuffer row = writer.row();
            row.putInt(value.getKey()).putInt(0).putLong(value.getValue());
        }
    }

    public static Attributes read(RowFile file) throws IOException {
        Section section = file.requiredSection(SECTION, ROW_BYTES);
        Map<Integer, Long> values = new TreeMap<>();
        RowCursor cursor = new RowCursor();
        for (int row = 0; row < section.rows(); row++) {
            cursor.seek(file, section, row);
            values.put(cursor.getInt(0), cursor.getLong(VALUE));
        }
        return new Attributes(values);
    }

    public long get(int tag, long absent) {
        return values.getOrDefault(tag, absent);
    }
}
