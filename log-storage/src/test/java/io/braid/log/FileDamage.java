package io.braid.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/**
 * A way in which a file is damaged.
 *
 * @param what happens to it, for the name of a test
 * @param file relative to the directory
 */
record FileDamage(Path file, String what, Action action) {
    private static final int FLIPS = 4;
    /** Bits are flipped at the start of a file more often, where its headers are. */
    private static final int HEAD_BYTES = 4096;

    interface Action {
        void to(Path file) throws IOException;
    }

    /** What must hold of a log with a damaged file. */
    interface Check {
        /**
         * Asserts it.
         *
         * @param log opened with the damage
         * @param problems what an inspection found before
         * @param damaged the file, relative to the directory
         */
        void of(LogFixture log, List<LogProblem> problems, Path damaged);
    }

    /**
     * A test of the damage: a copy of the directory is damaged, inspected, and opened, which must be refused in one line that names the file
     * or lead to a log that passes the check. The copy is removed.
     */
    DynamicTest test(Path directory, Path copy, LogConfig config, Check check) {
        return DynamicTest.dynamicTest(toString(), () -> {
            LogFixture.copy(directory, copy);
            try {
                action.to(copy.resolve(file));
                List<LogProblem> problems = Problems.in(copy);
                Optional<LogFixture> opened = open(copy, config);
                if (opened.isPresent()) {
                    try (LogFixture log = opened.get()) {
                        check.of(log, problems, file);
                    }
                }
            } finally {
                LogFixture.delete(copy);
            }
        });
    }

    private Optional<LogFixture> open(Path directory, LogConfig config) {
        try {
            return Optional.of(new LogFixture(directory, config));
        } catch (IllegalStateException refused) {
            String message = refused.getCause().getMessage();
            assertThat(message.lines()).hasSize(1);
            assertThat(message).contains(file.getFileName().toString());
            return Optional.empty();
        }
    }

    @Override
    public String toString() {
        return file + " " + what;
    }

    /** Every file below a directory removed, emptied, halved, one byte short, and with a bit flipped in four places; the same each time. */
    static List<FileDamage> all(Path directory) throws IOException {
        List<Path> files;
        try (Stream<Path> walk = Files.walk(directory)) {
            files = walk.filter(Files::isRegularFile)
                    .map(directory::relativize)
                    .sorted()
                    .toList();
        }
        List<FileDamage> all = new ArrayList<>();
        for (Path file : files) {
            long size = Files.size(directory.resolve(file));
            all.add(new FileDamage(file, "removed", Files::delete));
            if (size == 0) {
                continue;
            }
            all.add(new FileDamage(file, "emptied", path -> truncate(path, 0)));
            all.add(new FileDamage(file, "halved", path -> truncate(path, size / 2)));
            all.add(new FileDamage(file, "one byte short", path -> truncate(path, size - 1)));
            Random random = new Random(file.toString().hashCode());
            for (int i = 0; i < FLIPS; i++) {
                long at = i == 0 ? 0 : random.nextLong(Math.min(size, i % 2 == 0 ? size : HEAD_BYTES));
                int bit = random.nextInt(8);
                all.add(new FileDamage(file, "bit " + bit + " at " + at, path -> flip(path, at, bit)));
            }
        }
        return all;
    }

    private static void truncate(Path file, long size) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(size);
        }
    }

    private static void flip(Path file, long at, int bit) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            channel.read(one, at);
            one.put(0, (byte) (one.get(0) ^ (1 << bit))).flip();
            channel.write(one, at);
        }
    }
}
