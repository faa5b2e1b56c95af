package io.braid.log.rows;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Writes a {@link RowFile}, all rows of all sections in order, under a temporary name; {@link #commit} makes it
 * appear whole or not at all. Without
 * commit, {@link #close} removes what was written. Owned by one thread; blocks.
 */
public final class RowFileWriter implements AutoCloseable {
    private static final int BUFFERED_PAGES = 64;

    private final Path file;
    private final Path temporary;
    private final long stamp;
    private final List<Section> sections;
    private final FileChannel channel;
    private final PageCrc crc = new PageCrc();
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFERED_PAGES * RowFileFormat.PAGE_BYTES);

    /** Number of the page that is being filled, and where it begins in the buffer. */
    private int page;

    private int pageStart;
    private int section = -1;
    private long rowInSection;
    private boolean committed;

    /**
     * Creates the temporary file {@code <file>.tmp} and writes the header.
     *
     * @param magic kind of file
     * @param stamp a number that tells this file's pages from those of other files
     * @param sections in the order in which they are going to be written
     */
    public RowFileWriter(Path file, long magic, long stamp, List<Section> sections) throws IOException {
        this.file = file;
        this.temporary = file.resolveSibling(file.getFileName() + ".tmp");
        this.stamp = stamp;
        this.sections = place(sections);
        this.channel = FileChannel.open(
                temporary, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);
        writeHeader(magic);
    }

    private static List<Section> place(List<Section> sections) {
        if (sections.size() > RowFileFormat.MAX_SECTIONS) {
            throw new IllegalArgumentException(sections.size() + " sections");
        }
        List<Section> placed = new ArrayList<>(sections.size());
        long page = 1;
        for (Section section : sections) {
            placed.add(section.at(Math.toIntExact(page)));
            page += section.pages();
        }
        Math.toIntExact(page);
        return List.copyOf(placed);
    }

    private void writeHeader(long magic) {
        int headerBytes = RowFileFormat.FIRST_DESCRIPTOR + sections.size() * RowFileFormat.DESCRIPTOR_BYTES;
        buffer.putLong(RowFileFormat.MAGIC, magic);
        buffer.putShort(RowFileFormat.FORMAT_VERSION, RowFileFormat.VERSION);
        buffer.putShort(RowFileFormat.HEADER_BYTES, (short) headerBytes);
        buffer.putInt(RowFileFormat.PAGE_SIZE, RowFileFormat.PAGE_BYTES);
        buffer.putInt(RowFileFormat.SECTIONS, sections.size());
        buffer.putLong(RowFileFormat.STAMP, stamp);
        int at = RowFileFormat.FIRST_DESCRIPTOR;
        for (Section described : sections) {
            buffer.putShort(at + RowFileFormat.TYPE, (short) described.type());
            buffer.putShort(at + RowFileFormat.ROW_BYTES, (short) described.rowBytes());
            buffer.putShort(at + RowFileFormat.FLAGS, (short) (described.required() ? 1 : 0));
            buffer.putInt(at + RowFileFormat.FIRST_PAGE, described.firstPage());
            buffer.putInt(at + RowFileFormat.PAGES, (int) described.pages());
            buffer.putLong(at + RowFileFormat.ROWS, described.rows());
            at += RowFileFormat.DESCRIPTOR_BYTES;
        }
    }

    /**
     * The place of the next row, zeroed: its fields are put at the buffer's position and on, or absolutely from the
     * position. Good until the next call.
     *
     * @throws IllegalStateException after the last row of the last section
     */
    public ByteBuffer row() throws IOException {
        if (section < 0 || rowInSection == sections.get(section).rows()) {
            nextSection();
        }
        Section current = sections.get(section);
        int inPage = (int) (rowInSection % current.rowsPerPage());
        if (inPage == 0 && rowInSection > 0) {
            nextPage();
        }
        rowInSection++;
        return buffer.position(pageStart + inPage * current.rowBytes());
    }

    private void nextSection() throws IOException {
        do {
            if (++section == sections.size()) {
                throw new IllegalStateException("more rows than announced");
            }
        } while (sections.get(section).rows() == 0);
        rowInSection = 0;
        nextPage();
    }

    private void nextPage() throws IOException {
        sealPage();
        page++;
        pageStart += RowFileFormat.PAGE_BYTES;
        if (pageStart == buffer.capacity()) {
            flush(pageStart);
            Arrays.fill(buffer.array(), (byte) 0);
            pageStart = 0;
        }
    }

    private void sealPage() {
        buffer.putInt(
                pageStart + RowFileFormat.PAYLOAD_BYTES,
                crc.of(stamp, page, buffer, pageStart, RowFileFormat.PAYLOAD_BYTES));
    }

    private void flush(int bytes) throws IOException {
        ByteBuffer full = buffer.duplicate().position(0).limit(bytes);
        while (full.hasRemaining()) {
            channel.write(full);
        }
    }

    /**
     * Forces the file, gives it its name in place of an older one, and forces the directory.
     *
     * @return size of the file in bytes
     * @throws IllegalStateException when rows are missing
     */
    public long commit() throws IOException {
        long missing = section < 0 ? 0 : sections.get(section).rows() - rowInSection;
        for (int later = section + 1; later < sections.size(); later++) {
            missing += sections.get(later).rows();
        }
        if (missing != 0) {
            throw new IllegalStateException(missing + " rows missing");
        }
        sealPage();
        flush(pageStart + RowFileFormat.PAGE_BYTES);
        long bytes = channel.size();
        channel.force(true);
        channel.close();
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        committed = true;
        try (FileChannel directory = FileChannel.open(file.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
            directory.force(true);
        }
        return bytes;
    }

    @Override
    public void close() throws IOException {
        channel.close();
        if (!committed) {
            Files.deleteIfExists(temporary);
        }
    }
}
