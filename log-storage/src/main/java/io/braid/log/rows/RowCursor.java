package io.braid.log.rows;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Reads rows of {@link RowFile}s; keeps the page that it read last. Owned by one thread; blocks. */
public final class RowCursor {
    private final ByteBuffer page = ByteBuffer.allocate(RowFileFormat.PAGE_BYTES);
    private final PageCrc crc = new PageCrc();
    private RowFile file;
    private int pageNumber = -1;
    private int rowStart;

    /** Goes to a row, from 0, of a section; reads and checks its page unless it is the one at hand. */
    public void seek(RowFile inFile, Section section, long row) throws IOException {
        if (row < 0 || row >= section.rows()) {
            throw inFile.damaged("has no row " + row + " in section type " + section.type());
        }
        int perPage = section.rowsPerPage();
        int wanted = section.firstPage() + (int) (row / perPage);
        if (wanted != pageNumber || inFile != file) {
            pageNumber = -1;
            inFile.readPage(wanted, page, crc);
            file = inFile;
            pageNumber = wanted;
        }
        rowStart = (int) (row % perPage) * section.rowBytes();
    }

    public long getLong(int field) {
        return page.getLong(rowStart + field);
    }

    public int getInt(int field) {
        return page.getInt(rowStart + field);
    }

    public short getShort(int field) {
        return page.getShort(rowStart + field);
    }

    public byte getByte(int field) {
        return page.get(rowStart + field);
    }
}
