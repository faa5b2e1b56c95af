package io.braid.log.rows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class RowFileTest {
    private static final long MAGIC = 0x5445535446494C45L;
    private static final Set<Integer> KNOWN = Set.of(2, 3);

    /** What a damaged file is reported with. */
    private static final class DamagedException extends IOException {
        private static final long serialVersionUID = 1L;

        DamagedException(String reason) {
            super(reason);
        }
    }

    private static void write(Path file, int rowBytes, int rows, int longRows) throws IOException {
        List<Section> sections = List.of(Section.of(2, rowBytes, rows), Section.of(3, Long.BYTES, longRows));
        try (RowFileWriter writer = new RowFileWriter(file, MAGIC, 77, sections)) {
            for (int row = 0; row < rows; row++) {
                writer.row().put((byte) row);
            }
            for (int row = 0; row < longRows; row++) {
                writer.row().putLong(row * 3L);
            }
            writer.commit();
        }
    }

    private static RowFile open(Path file) throws IOException {
        return RowFile.open(file, MAGIC, KNOWN, DamagedException::new);
    }

    private static void readAll(Path file, int rows, int longRows) throws IOException {
        try (RowFile read = open(file)) {
            RowCursor cursor = new RowCursor();
            Section bytes = read.requiredSection(2, 1);
            Section longs = read.requiredSection(3, Long.BYTES);
            assertThat(bytes.rows()).isEqualTo(rows);
            assertThat(longs.rows()).isEqualTo(longRows);
            for (int row = rows - 1; row >= 0; row--) {
                cursor.seek(read, bytes, row);
                assertThat(cursor.getByte(0)).isEqualTo((byte) row);
            }
            for (int row = 0; row < longRows; row++) {
                cursor.seek(read, longs, row);
                assertThat(cursor.getLong(0)).isEqualTo(row * 3L);
            }
        }
    }

    @Property(tries = 60)
    void rowsAreReadAsWritten(
            @ForAll @IntRange(min = 1, max = 4092) int rowBytes,
            @ForAll @IntRange(min = 0, max = 600) int rows,
            @ForAll @IntRange(min = 0, max = 2000) int longRows)
            throws IOException {
        try (ScratchDirectory directory = new ScratchDirectory()) {
            Path file = directory.path().resolve("rows");
            write(file, rowBytes, rows, longRows);

            readAll(file, rows, longRows);
            try (RowFile read = open(file)) {
                read.verify();
                assertThat(read.fileBytes()).isEqualTo(Files.size(file));
            }
        }
    }

    @Property(tries = 300)
    void anyChangedByteIsNoticed(
            @ForAll @IntRange(min = 0, max = 4 * 4096 - 1) int at, @ForAll @IntRange(min = 1, max = 255) int flip)
            throws IOException {
        try (ScratchDirectory directory = new ScratchDirectory()) {
            Path file = directory.path().resolve("rows");
            write(file, 100, 30, 1000);
            byte[] bytes = Files.readAllBytes(file);
            bytes[at] ^= (byte) flip;
            Files.write(file, bytes);

            assertThatThrownBy(() -> readAll(file, 30, 1000))
                    .isInstanceOf(DamagedException.class)
                    .hasMessageContaining(file.toString());
        }
    }

    @Property(tries = 100)
    void aFileCutAnywhereIsNoticed(@ForAll @IntRange(min = 0, max = 4 * 4096 - 1) int bytes) throws IOException {
        try (ScratchDirectory directory = new ScratchDirectory()) {
            Path file = directory.path().resolve("rows");
            write(file, 100, 30, 1000);
            Files.write(file, Arrays.copyOf(Files.readAllBytes(file), bytes));

            assertThatThrownBy(() -> open(file)).isInstanceOf(DamagedException.class);
        }
    }

    @Test
    void pagesOfAnotherPlaceAreNoticed() throws IOException {
        try (ScratchDirectory directory = new ScratchDirectory()) {
            Path file = directory.path().resolve("rows");
            write(file, 100, 0, 1500);
            byte[] bytes = Files.readAllBytes(file);
            System.arraycopy(bytes, 4096, bytes, 2 * 4096, 4096);
            Files.write(file, bytes);

            assertThatThrownBy(() -> readAll(file, 0, 1500)).hasMessageContaining("wrong checksum in page 2");
        }
    }

    @Test
    void anUnknownSectionIsSkippedUnlessItIsRequired() throws IOException {
        try (ScratchDirectory directory = new ScratchDirectory()) {
            Path file = directory.path().resolve("rows");
            writeEmpty(file, new Section(9, 8, false, 0, 0));
            open(file).close();

            writeEmpty(file, new Section(9, 8, true, 0, 0));
            assertThatThrownBy(() -> open(file)).hasMessageContaining("needs section type 9");
        }
    }

    private static void writeEmpty(Path file, Section section) throws IOException {
        try (RowFileWriter writer = new RowFileWriter(file, MAGIC, 1, List.of(section))) {
            writer.commit();
        }
    }

    @Test
    void aFileOfANewerVersionIsRefusedWithItsVersion() throws IOException {
        try (ScratchDirectory directory = new ScratchDirectory()) {
            Path file = directory.path().resolve("rows");
            write(file, 100, 30, 1000);
            byte[] bytes = Files.readAllBytes(file);
            bytes[RowFileFormat.FORMAT_VERSION + 1] = 2;
            Files.write(file, bytes);

            assertThatThrownBy(() -> open(file)).hasMessageContaining("format version 2, known is 1");
        }
    }

    @Test
    void withoutCommitNothingStays() throws IOException {
        try (ScratchDirectory directory = new ScratchDirectory()) {
            Path file = directory.path().resolve("rows");
            try (RowFileWriter writer = new RowFileWriter(file, MAGIC, 1, List.of(Section.of(2, 8, 10)))) {
                writer.row().putLong(1);
                assertThatThrownBy(writer::commit).isInstanceOf(IllegalStateException.class);
            }

            assertThat(directory.path()).isEmptyDirectory();
        }
    }
}
