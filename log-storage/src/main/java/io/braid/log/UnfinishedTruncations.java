package io.braid.log;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Carries out truncations. A truncation becomes durable as the first entry of a new file, whose LSN is the one to go on with;
 * what earlier files hold from that LSN on is void and is cut off here: right after, or by the recovery after a crash. In a
 * file LSNs only ascend, so what is void is always its end. Used once, by one thread.
 */
final class UnfinishedTruncations {
    private static final long ANY_LSN = -1;

    private final LogFiles files;
    private final int logTag;

    /** A segment's file; {@code endLsn} is {@link Long#MAX_VALUE} when it is not known. */
    private record Candidate(Path path, boolean sealed, long endLsn) {}

    /** Tells where a sealed segment ends as its index says, {@link Long#MAX_VALUE} without index. */
    interface IndexedEnd {
        long lsn(LogFiles.Sealed segment) throws IOException;
    }

    UnfinishedTruncations(LogFiles files, int logTag) {
        this.files = files;
        this.logTag = logTag;
    }

    void finish(IndexedEnd indexedEnd) throws IOException {
        List<Candidate> before = new ArrayList<>();
        long end = 0;
        for (LogFiles.Sealed sealed : files.sealedSegments()) {
            if (sealed.isRewritten()) {
                continue;
            }
            long endLsn = indexedEnd.lsn(sealed);
            if (sealed.firstLsn() < end) {
                cutBefore(sealed.path(), before);
            }
            before.add(new Candidate(sealed.path(), true, endLsn));
            end = Math.max(end, endLsn);
        }
        for (LogFiles.Unsealed unsealed : files.unsealedSegments()) {
            cutBefore(unsealed.path(), before);
            before.add(new Candidate(unsealed.path(), false, Long.MAX_VALUE));
        }
    }

    private void cutBefore(Path path, List<Candidate> before) throws IOException {
        long toLsn = target(path, logTag);
        if (toLsn == ANY_LSN) {
            return;
        }
        for (Candidate earlier : before) {
            if (earlier.endLsn() > toLsn && Files.exists(earlier.path())) {
                cut(earlier, toLsn);
            }
        }
    }

    /** LSN of the truncation entry that a file begins with, or -1. */
    static long target(Path path, int logTag) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            EntryScanner scanner = new EntryScanner(channel, logTag);
            boolean truncation = scanner.next(ANY_LSN) == EntryScanner.Step.ENTRY
                    && EntryHeader.type(scanner.buffer(), scanner.header()) == EntryType.TRUNCATION;
            return truncation ? EntryHeader.lsn(scanner.buffer(), scanner.header()) : ANY_LSN;
        }
    }

    private void cut(Candidate file, long toLsn) throws IOException {
        long keep = 0;
        boolean found = false;
        try (FileChannel channel = FileChannel.open(file.path(), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            EntryScanner scanner = new EntryScanner(channel, logTag);
            while (!found && (scanner.next(ANY_LSN) == EntryScanner.Step.ENTRY || scanner.search(ANY_LSN))) {
                found = EntryHeader.lsn(scanner.buffer(), scanner.header()) >= toLsn;
                keep = found ? keep : scanner.endPosition();
            }
            if (found && keep > 0) {
                if (file.sealed()) {
                    Files.deleteIfExists(LogFiles.index(file.path()));
                }
                channel.truncate(keep);
                channel.force(true);
            }
        }
        if (found && keep == 0) {
            Files.delete(file.path());
        }
        LogFiles.force(file.path().getParent());
    }
}
