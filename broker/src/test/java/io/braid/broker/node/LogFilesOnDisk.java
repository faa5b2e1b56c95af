package io.braid.broker.node;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Does things to the files of a node that does not run, as power cuts and dying disks do. See docs/on-disk-format.md. */
final class LogFilesOnDisk {
    private static final int PAGE = 4096;
    /** A segment that is being written: seconds since 1970 say which. */
    private static final Pattern ACTIVE = Pattern.compile("19700101-(\\d{2})(\\d{2})(\\d{2})S\\.cq4");

    private LogFilesOnDisk() {}

    /** A file that takes, or took, appends, and up to where it is known to be forced. */
    private record Active(Path path, long forced) {}

    /**
     * Cuts the power: of the pages that were written since the last force each may be there or not, and the mark of that force,
     * which is not forced itself, may be gone.
     *
     * @return bytes of entries that were forced, in all shards
     */
    static long cutPower(Path data, Random random) throws IOException {
        long forced = 0;
        for (Path shard : shards(data)) {
            for (Active file : active(shard)) {
                forced += file.forced();
                tear(file, random);
            }
            if (random.nextInt(4) == 0) {
                Files.deleteIfExists(shard.resolve("forced"));
            }
        }
        return forced;
    }

    private static void tear(Active file, Random random) throws IOException {
        try (FileChannel channel = FileChannel.open(file.path(), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            long size = channel.size();
            double lost = random.nextDouble();
            for (long page = file.forced() / PAGE * PAGE; page < size; page += PAGE) {
                if (random.nextDouble() < lost) {
                    long from = Math.max(page, file.forced());
                    channel.write(ByteBuffer.allocate((int) (Math.min(page + PAGE, size) - from)), from);
                }
            }
            if (random.nextInt(4) == 0) {
                channel.truncate(file.forced() + random.nextLong(Math.max(1, size - file.forced())));
            }
        }
    }

    /**
     * Takes the newest bytes of what was forced from every shard's log, as a disk does that lied or dies.
     *
     * @return how many shards lost some
     */
    static int loseForced(Path data, int bytes) throws IOException {
        int damaged = 0;
        for (Path shard : shards(data)) {
            for (Active file : active(shard)) {
                long end = file.forced();
                if (end > 3L * bytes) {
                    try (FileChannel channel = FileChannel.open(file.path(), StandardOpenOption.WRITE)) {
                        channel.write(ByteBuffer.allocate(bytes), end - bytes);
                    }
                    damaged++;
                }
            }
        }
        return damaged;
    }

    private static List<Path> shards(Path data) throws IOException {
        try (Stream<Path> all = Files.list(data.resolve("shards"))) {
            return all.sorted().toList();
        }
    }

    private static List<Active> active(Path shard) throws IOException {
        Path mark = shard.resolve("forced");
        long place =
                Files.exists(mark) ? ByteBuffer.wrap(Files.readAllBytes(mark)).getLong(0) : 0;
        try (Stream<Path> all = Files.walk(shard)) {
            return all.filter(path ->
                            ACTIVE.matcher(path.getFileName().toString()).matches())
                    .map(path -> new Active(path, forced(path, place)))
                    .toList();
        }
    }

    /** All of a segment before the one with the mark, nothing of one behind it. */
    private static long forced(Path path, long place) {
        Matcher name = ACTIVE.matcher(path.getFileName().toString());
        if (!name.matches()) {
            throw new IllegalArgumentException(path.toString());
        }
        int segment = (Integer.parseInt(name.group(1)) * 60 + Integer.parseInt(name.group(2))) * 60
                + Integer.parseInt(name.group(3));
        int marked = (int) (place >>> 32);
        try {
            return segment < marked ? Files.size(path) : segment > marked ? 0 : place & 0xffff_ffffL;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
