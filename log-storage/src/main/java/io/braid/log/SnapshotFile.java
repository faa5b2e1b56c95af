package io.braid.log;

/**
 * A file of a snapshot.
 *
 * @param name in the shard's directory; a plain name, no path
 * @param length in bytes
 * @param crc32c of all its bytes
 */
public record SnapshotFile(String name, long length, int crc32c) {
    public SnapshotFile {
        if (!LogFiles.isSnapshotName(name)) {
            throw new IllegalArgumentException("not a file of a snapshot: " + name);
        }
        if (length < 0) {
            throw new IllegalArgumentException("length=" + length);
        }
    }
}
