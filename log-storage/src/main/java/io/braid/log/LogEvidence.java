package io.braid.log;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * Up to where a log is known to have been forced: the forced mark, and what the entries in the unsealed files say. The files
 * are read only when asked, as only an anomaly needs it. Used by one thread.
 */
final class LogEvidence {
    private final List<Path> unsealed;
    private final int logTag;
    private long forced;
    private boolean entriesRead;

    LogEvidence(long forcedMark, List<Path> unsealed, int logTag) {
        this.forced = forcedMark;
        this.unsealed = List.copyOf(unsealed);
        this.logTag = logTag;
    }

    /** Whether everything before a {@link LogPosition}, and at least the byte there, was forced. */
    boolean covers(long place) throws IOException {
        if (place < forced) {
            return true;
        }
        if (!entriesRead) {
            for (Path file : unsealed) {
                readEntries(file);
            }
            entriesRead = true;
        }
        return place < forced;
    }

    private void readEntries(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            EntryScanner scanner = new EntryScanner(channel, logTag);
            while (scanner.next(-1) == EntryScanner.Step.ENTRY || scanner.search(-1)) {
                forced = Math.max(forced, EntryHeader.forced(scanner.buffer(), scanner.header()));
            }
        }
    }
}
