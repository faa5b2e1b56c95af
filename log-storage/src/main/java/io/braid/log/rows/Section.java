package io.braid.log.rows;

/**
 * A run of rows of one kind in a {@link RowFile}.
 *
 * @param type meaning of the rows; a reader skips types that it does not know
 * @param rowBytes size of a row; a newer writer may append fields, which an older reader skips
 * @param required a reader that does not know the type must not use the file
 * @param firstPage number of the page where it begins
 * @param rows number of rows
 */
public record Section(int type, int rowBytes, boolean required, int firstPage, long rows) {
    public Section {
        if (type < 0 || type > 0xFFFF || rowBytes < 1 || rowBytes > RowFileFormat.PAYLOAD_BYTES || rows < 0) {
            throw new IllegalArgumentException("type=" + type + " rowBytes=" + rowBytes + " rows=" + rows);
        }
    }

    /** A section that is going to be written; its place is found by the writer. */
    public static Section of(int type, int rowBytes, long rows) {
        return new Section(type, rowBytes, false, 0, rows);
    }

    /** Rows in each page but the last. */
    public int rowsPerPage() {
        return RowFileFormat.rowsPerPage(rowBytes);
    }

    long pages() {
        return RowFileFormat.pages(rows, rowBytes);
    }

    Section at(int page) {
        return new Section(type, rowBytes, required, page, rows);
    }
}
