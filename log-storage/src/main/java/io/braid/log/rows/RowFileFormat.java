package io.braid.log.rows;

/**
 * A file of rows: a header page, then the pages of each section; all pages have {@value #PAGE_BYTES} bytes, of which
 * the last four are a CRC32C. Big-endian.
 * docs/on-disk-format has the table of bytes and an example.
 */
final class RowFileFormat {
    static final int PAGE_BYTES = 4096;
    static final int CRC_BYTES = 4;
    static final int PAYLOAD_BYTES = PAGE_BYTES - CRC_BYTES;
    static final short VERSION = 1;

    static final int MAGIC = 0;
    static final int FORMAT_VERSION = 8;
    static final int HEADER_BYTES = 10;
    static final int PAGE_SIZE = 12;
    static final int SECTIONS = 16;
    static final int STAMP = 24;
    static final int FIRST_DESCRIPTOR = 32;

    static final int DESCRIPTOR_BYTES = 32;
    static final int TYPE = 0;
    static final int ROW_BYTES = 2;
    static final int FLAGS = 4;
    static final int FIRST_PAGE = 8;
    static final int PAGES = 12;
    static final int ROWS = 16;

    static final int MAX_SECTIONS = (PAYLOAD_BYTES - FIRST_DESCRIPTOR) / DESCRIPTOR_BYTES;

    private RowFileFormat() {}

    static int rowsPerPage(int rowBytes) {
        return PAYLOAD_BYTES / rowBytes;
    }

    static long pages(long rows, int rowBytes) {
        int perPage = rowsPerPage(rowBytes);
        return (rows + perPage - 1) / perPage;
    }
}
