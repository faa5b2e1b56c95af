package io.braid.log;

import io.braid.log.rewrite.RewrittenFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.zip.CRC32C;

/**
 * A log's tag: from its properties, else from the first good entry of its files, each of which bears it under its CRC. Stateless;
 * blocks.
 */
final class LogTag {
    /** Where a tag is looked for in a file. */
    private static final int SEARCHED_BYTES = 1 << 20;

    private LogTag() {}

    /**
     * The tag of a log that is about to be recovered, 0 for one without files. Properties that are missing or damaged are written
     * anew.
     *
     * @throws IOException there are segments, but no entry that could be read tells the tag
     */
    static int recover(LogHome home) throws IOException {
        LogFiles files = home.files();
        OptionalInt read = files.readTag();
        if (read.isPresent()) {
            return read.getAsInt();
        }
        List<SegmentPath> segments = segments(files);
        for (SegmentPath segment : segments) {
            OptionalInt found = tagOf(segment);
            if (found.isPresent()) {
                home.events()
                        .onDamage(
                                home.shard(),
                                0,
                                0,
                                files.properties(),
                                0,
                                "missing or damaged; written anew, with the tag of the entries in "
                                        + segment.path().getFileName());
                files.writeTag(home.shard(), found.getAsInt());
                return found.getAsInt();
            }
        }
        if (segments.stream().anyMatch(SegmentPath::hasEntries)) {
            throw new IOException(files.properties() + " is missing or damaged, and no entry of the log can be read");
        }
        Files.deleteIfExists(files.properties());
        return 0;
    }

    /** The tag as the segments tell it. */
    static OptionalInt find(LogFiles files) throws IOException {
        for (SegmentPath segment : segments(files)) {
            OptionalInt found = tagOf(segment);
            if (found.isPresent()) {
                return found;
            }
        }
        return OptionalInt.empty();
    }

    private static List<SegmentPath> segments(LogFiles files) throws IOException {
        List<SegmentPath> segments = new ArrayList<>();
        files.sealedSegments().forEach(file -> segments.add(new SegmentPath(file.path(), file.isRewritten(), true)));
        files.unsealedSegments().forEach(file -> segments.add(new SegmentPath(file.path(), false, false)));
        return segments;
    }

    /** A file with entries; it has some for sure if it is sealed. */
    private record SegmentPath(Path path, boolean rewritten, boolean hasEntries) {}

    private static OptionalInt tagOf(SegmentPath segment) throws IOException {
        return segment.rewritten() ? RewrittenFile.logTag(segment.path()) : find(segment.path());
    }

    private static OptionalInt find(Path segment) throws IOException {
        ByteBuffer buffer;
        try (FileChannel channel = FileChannel.open(segment, StandardOpenOption.READ)) {
            buffer = ByteBuffer.allocate((int) Math.min(SEARCHED_BYTES, channel.size()));
            while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
                // Until it is full.
            }
            buffer.flip();
        }
        CRC32C crc = new CRC32C();
        for (int at = 0; at + EntryHeader.SIZE <= buffer.limit(); at += EntryHeader.ALIGNMENT) {
            if (EntryHeader.plausible(buffer, at)
                    && EntryHeader.crcCoverage(buffer, at) <= buffer.limit() - at
                    && EntryHeader.verifyCrc(buffer, at, crc)) {
                return OptionalInt.of(EntryHeader.logTag(buffer, at));
            }
        }
        return OptionalInt.empty();
    }
}
