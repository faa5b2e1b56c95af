package io.braid.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;

/** Does to a file what a power cut does to the pages written since the last force: each may be there or not. */
final class TornFiles {
    private static final int PAGE = 4096;

    private TornFiles() {}

    /** Damages what lies at or behind {@code forced}; what lies before it keeps its bytes, also within a page. */
    static void tear(Path file, long forced, Random random) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            long size = channel.size();
            double lost = random.nextDouble();
            for (long page = forced / PAGE * PAGE; page < size; page += PAGE) {
                if (random.nextDouble() < lost) {
                    long from = Math.max(page, forced);
                    int length = (int) (Math.min(page + PAGE, size) - from);
                    if (length > 0) {
                        channel.write(ByteBuffer.allocate(length), from);
                    }
                }
            }
            if (random.nextInt(4) == 0) {
                channel.truncate(forced + random.nextLong(Math.max(1, size - forced)));
            }
        }
    }
}
