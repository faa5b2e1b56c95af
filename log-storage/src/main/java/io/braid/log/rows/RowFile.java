package io.braid.log.rows;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * An immutable file of sections of rows, in pages with checksums. Rows are read through {@link RowCursor}s; nothing
 * of the file but its header
 * is kept in the heap. Any thread; blocks.
 */
public final class RowFile implements AutoCloseable {
    private final Path path;
    private final FileChannel channel;
    private final Function<String, ? extends IOException> damaged;
    private final Map<Integer, Section> sections = new LinkedHashMap<>();
    private final long fileBytes;
    private long stamp;

    private RowFile(Path path, FileChannel channel, Function<String, ? extends IOException> damaged)
            throws IOException {
        this.path = path;
        this.channel = channel;
        this.damaged = damaged;
        this.fileBytes = channel.size();
    }

    /**
     * Opens a file and checks its header and size; the other pages are checked whenever they are read.
     *
     * @param magic kind of file that is expected
     * @param known types of sections that the caller understands
     * @param damaged makes the exception for contents that cannot be used, from a reason that names the file
     */
    public static RowFile open(
            Path path, long magic, Set<Integer> known, Function<String, ? extends IOException> damaged)
            throws IOException {
        FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
        try {
            RowFile file = new RowFile(path, channel, damaged);
            file.readHeader(magic, known);
            return file;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private void readHeader(long magic, Set<Integer> known) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(RowFileFormat.PAGE_BYTES);
        readFully(0, header);
        if (header.getLong(RowFileFormat.MAGIC) != magic) {
            throw damaged("is not a file of this kind");
        }
        short version = header.getShort(RowFileFormat.FORMAT_VERSION);
        if (version != RowFileFormat.VERSION) {
            throw damaged("has format version " + version + ", known is " + RowFileFormat.VERSION);
        }
        stamp = header.getLong(RowFileFormat.STAMP);
        checkCrc(0, header, new PageCrc());
        int count = header.getInt(RowFileFormat.SECTIONS);
        if (header.getInt(RowFileFormat.PAGE_SIZE) != RowFileFormat.PAGE_BYTES
                || count < 0
                || count > RowFileFormat.MAX_SECTIONS) {
            throw damaged("has an unknown page size or too many sections");
        }
        long pages = 1;
        for (int i = 0; i < count; i++) {
            pages += readDescriptor(
                    header, RowFileFormat.FIRST_DESCRIPTOR + i * RowFileFormat.DESCRIPTOR_BYTES, pages, known);
        }
        if (fileBytes != pages * RowFileFormat.PAGE_BYTES) {
            throw damaged("has " + fileBytes + " bytes instead of " + pages * RowFileFormat.PAGE_BYTES);
        }
    }

    private long readDescriptor(ByteBuffer header, int at, long expectedPage, Set<Integer> known) throws IOException {
        int type = Short.toUnsignedInt(header.getShort(at + RowFileFormat.TYPE));
        int rowBytes = Short.toUnsignedInt(header.getShort(at + RowFileFormat.ROW_BYTES));
        boolean required = (header.getShort(at + RowFileFormat.FLAGS) & 1) != 0;
        int firstPage = header.getInt(at + RowFileFormat.FIRST_PAGE);
        int pages = header.getInt(at + RowFileFormat.PAGES);
        long rows = header.getLong(at + RowFileFormat.ROWS);
        if (rowBytes < 1
                || rowBytes > RowFileFormat.PAYLOAD_BYTES
                || rows < 0
                || rows > Integer.MAX_VALUE
                || firstPage != expectedPage
                || pages != RowFileFormat.pages(rows, rowBytes)) {
            throw damaged("has a wrong section of type " + type);
        }
        if (required && !known.contains(type)) {
            throw damaged("needs section type " + type + ", which this version does not know");
        }
        sections.put(type, new Section(type, rowBytes, required, firstPage, rows));
        return pages;
    }

    /**
     * A section, empty when the file has none of the type. Its rows are checked to have at least {@code minRowBytes}
     * bytes.
     */
    public Optional<Section> section(int type, int minRowBytes) throws IOException {
        Section section = sections.get(type);
        if (section != null && section.rowBytes() < minRowBytes) {
            throw damaged("has rows of " + section.rowBytes() + " bytes in section type " + type);
        }
        return Optional.ofNullable(section);
    }

    /** As {@link #section(int, int)}; a file without the section is damaged. */
    public Section requiredSection(int type, int minRowBytes) throws IOException {
        Section section = section(type, minRowBytes).orElse(null);
        if (section == null) {
            throw damaged("has no section of type " + type);
        }
        return section;
    }

    void readPage(int page, ByteBuffer into, PageCrc crc) throws IOException {
        readFully((long) page * RowFileFormat.PAGE_BYTES, into);
        checkCrc(page, into, crc);
    }

    private void checkCrc(int page, ByteBuffer buffer, PageCrc crc) throws IOException {
        int expected = buffer.getInt(RowFileFormat.PAYLOAD_BYTES);
        if (crc.of(stamp, page, buffer, 0, RowFileFormat.PAYLOAD_BYTES) != expected) {
            throw damaged("has a wrong checksum in page " + page);
        }
    }

    private void readFully(long position, ByteBuffer into) throws IOException {
        into.clear();
        while (into.hasRemaining()) {
            if (channel.read(into, position + into.position()) < 0) {
                throw damaged("ends within a page", new EOFException());
            }
        }
    }

    /** The exception that says why this file cannot be used. */
    public IOException damaged(String reason) {
        return damaged.apply(path + " " + reason);
    }

    private IOException damaged(String reason, Throwable cause) {
        IOException exception = damaged(reason);
        exception.addSuppressed(cause);
        return exception;
    }

    public Path path() {
        return path;
    }

    public long fileBytes() {
        return fileBytes;
    }

    /** Reads and checks every page. */
    public void verify() throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(RowFileFormat.PAGE_BYTES);
        PageCrc crc = new PageCrc();
        for (int page = 0; page < fileBytes / RowFileFormat.PAGE_BYTES; page++) {
            readPage(page, buffer, crc);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
