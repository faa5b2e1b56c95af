package io.braid.log;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Copies a snapshot as a follower does, in chunks. */
final class SnapshotCopy {
    private static final int CHUNK = 150_000;

    private SnapshotCopy() {}

    /** Copies all files that are missing. */
    static void all(LogSnapshot snapshot, SnapshotInstall install) throws IOException {
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK);
        while (install.next().isPresent()) {
            SnapshotFile file = install.next().get();
            long position = 0;
            do {
                chunk.clear();
                snapshot.read(file.name(), position, chunk);
                int bytes = chunk.flip().remaining();
                install.write(position, chunk);
                position += bytes;
            } while (position < file.length());
        }
    }
}
