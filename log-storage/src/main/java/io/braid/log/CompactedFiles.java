package io.braid.log;

import io.braid.log.index.CorruptIndexException;
import io.braid.log.index.SegmentIndex;
import io.braid.log.index.SegmentIndexBuilder;
import io.braid.log.index.SegmentInfo;
import io.braid.protocol.records.BatchHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The files of compacted segments in a shard's directory.
 *
 * <p>{@code compacted-RRRRRRRRRR-OOOOOOOOOO.log} holds entries as a segment does, each in a frame of its own, of LSN 0, sorted by
 * partition, then offset; R is the number of the first file of its run, O its own, from 0. The {@code .idx} beside it is the index of
 * a sealed segment with ordinal 2^30 + O. A file has its name only once it is whole and forced, and counts from then on
 * ({@link CompactedSet} says how); so there is nothing to undo after a crash.
 *
 * <p>The text file {@code compacted} names them, one a line. It is evidence only: a file that it names and that is not there was
 * lost, and is reported. The list is written before files are deleted, and after new ones are there.
 */
final class CompactedFiles {
    static final String LIST = "compacted";

    private static final Pattern NAME = Pattern.compile("compacted-(\\d{10})-(\\d{10})\\.log");
    private static final Pattern INDEX_NAME = Pattern.compile("compacted-\\d{10}-\\d{10}\\.idx");

    private final LogFiles files;
    private final int shard;
    private final LogListener events;

    CompactedFiles(LogHome home) {
        this.files = home.files();
        this.shard = home.shard();
        this.events = home.events();
    }

    /**
     * A compacted segment's file.
     *
     * @param run ordinal of the first segment of its run
     * @param ordinal its own
     */
    record Found(int run, int ordinal, Path path) {}

    /** The compacted segments in a shard's directory, by ascending ordinals. Blocks. */
    static List<Found> find(LogFiles files) throws IOException {
        List<Found> found = new ArrayList<>();
        for (Path path : LogFiles.list(files.directory())) {
            Matcher name = NAME.matcher(path.getFileName().toString());
            if (name.matches()) {
                found.add(new Found(
                        Integer.parseInt(name.group(1)) + CompactedSet.FIRST_ORDINAL,
                        Integer.parseInt(name.group(2)) + CompactedSet.FIRST_ORDINAL,
                        path));
            }
        }
        found.sort(Comparator.comparingInt(Found::ordinal));
        return found;
    }

    /** Files that the list names and that are not there. Blocks. */
    static List<Path> missing(LogFiles files) throws IOException {
        Path list = files.directory().resolve(LIST);
        List<Path> missing = new ArrayList<>();
        if (Files.exists(list)) {
            for (String name : Files.readAllLines(list, StandardCharsets.ISO_8859_1)) {
                Path path = NAME.matcher(name).matches() ? files.directory().resolve(name) : null;
                if (path != null && !Files.exists(path)) {
                    missing.add(path);
                }
            }
        }
        return missing;
    }

    /** Whether a file of this name can be part of a snapshot of a log. */
    static boolean isSnapshotName(String name) {
        return name.equals(LIST)
                || NAME.matcher(name).matches()
                || INDEX_NAME.matcher(name).matches();
    }

    Path file(int run, int ordinal) {
        return files.directory()
                .resolve(String.format(
                        "compacted-%010d-%010d%s",
                        run - CompactedSet.FIRST_ORDINAL, ordinal - CompactedSet.FIRST_ORDINAL, LogFiles.LOG_SUFFIX));
    }

    Path list() {
        return files.directory().resolve(LIST);
    }

    /** Says which files there should be. Blocks. */
    void writeList(CompactedSet set) throws IOException {
        LogFiles.writeAtomically(list(), listOf(set));
    }

    /** The list's text. */
    static String listOf(CompactedSet set) {
        StringBuilder text = new StringBuilder();
        for (CompactedSet.Member member : set.members()) {
            text.append(member.segment().file.path().getFileName()).append('\n');
        }
        return text.toString();
    }

    /**
     * Finds the compacted segments of a log that is opened, rebuilds indexes that are missing or damaged, and reports what is lost.
     * Blocks.
     *
     * @param current gives the set that counts, once it is in use
     */
    CompactedSet load(int logTag, Supplier<CompactedSet> current) throws IOException {
        for (Path path : missing(files)) {
            events.onDamage(shard, 0, 0, path, 0, "a compacted segment is missing");
        }
        List<CompactedSet.Member> members = new ArrayList<>();
        for (Found one : find(files)) {
            open(one, members, logTag).ifPresent(members::add);
        }
        return new CompactedSet(current, members);
    }

    private Optional<CompactedSet.Member> open(Found one, List<CompactedSet.Member> before, int logTag)
            throws IOException {
        Path indexFile = LogFiles.index(one.path());
        SegmentInfo info = null;
        if (Files.exists(indexFile)) {
            try (SegmentIndex index = SegmentIndex.open(indexFile)) {
                index.verify();
                info = index.info();
            } catch (CorruptIndexException e) {
                events.onDamage(shard, 0, 0, indexFile, 0, "index: " + e.getMessage());
            }
        }
        if (info == null) {
            info = rebuild(one, before, logTag);
        }
        if (info.endPosition() == 0) {
            events.onDamage(shard, 0, 0, one.path(), 0, "a compacted segment holds no good entry");
            return Optional.empty();
        }
        if (Files.size(one.path()) < info.endPosition()) {
            events.onDamage(shard, 0, 0, one.path(), Files.size(one.path()), "a compacted segment is cut short");
        }
        Segment segment = Segment.sealed(info, SegmentFile.sealed(one.path()));
        return Optional.of(CompactedSet.Member.of(segment, one.run()));
    }

    private SegmentInfo rebuild(Found one, List<CompactedSet.Member> before, int logTag) throws IOException {
        int ordinal = one.ordinal();
        CompactedSet older = new CompactedSet(() -> null, before);
        SegmentIndexBuilder builder = new SegmentIndexBuilder(ordinal, (idMsb, idLsb, partition) -> {
            Segment previous = ordinal == one.run() ? null : older.get(ordinal - 1);
            boolean goesOn = previous != null
                    && previous.index().find(idMsb, idLsb, partition).isPresent();
            return goesOn ? ordinal - 1 : -1;
        });
        long endPosition = 0;
        try (FileChannel channel = FileChannel.open(one.path(), StandardOpenOption.READ)) {
            EntryScanner scanner = new EntryScanner(channel, logTag);
            while (next(scanner, one.path())) {
                endPosition = scanner.endPosition();
                add(builder, scanner);
            }
        }
        SegmentInfo info = new SegmentInfo(ordinal, ordinal, 0, 0, endPosition, System.currentTimeMillis());
        if (endPosition > 0) {
            builder.write(LogFiles.index(one.path()), info, older);
        }
        return info;
    }

    private boolean next(EntryScanner scanner, Path path) throws IOException {
        EntryScanner.Step step = scanner.next(EntryScanner.ANY_LSN);
        if (step == EntryScanner.Step.ENTRY) {
            return true;
        }
        long at = scanner.position();
        boolean more = scanner.search(EntryScanner.ANY_LSN);
        if (more || step == EntryScanner.Step.INVALID) {
            events.onDamage(shard, 0, 0, path, at, "no valid entry in a compacted segment");
        }
        return more;
    }

    private static void add(SegmentIndexBuilder builder, EntryScanner scanner) throws IOException {
        ByteBuffer buffer = scanner.buffer();
        int header = scanner.header();
        int batch = scanner.payload();
        builder.add(
                EntryHeader.topicIdMsb(buffer, header),
                EntryHeader.topicIdLsb(buffer, header),
                EntryHeader.partition(buffer, header),
                BatchHeader.baseOffset(buffer, batch),
                BatchHeader.lastOffsetDelta(buffer, batch),
                scanner.entryPosition() + (batch - header),
                BatchHeader.sizeInBytes(buffer, batch),
                BatchHeader.leaderEpoch(buffer, batch),
                maxTimestamp(buffer, batch));
    }

    /** What the index says of a batch: one without records has no timestamp, whatever its header says. */
    static long maxTimestamp(ByteBuffer buffer, int batch) {
        return BatchHeader.count(buffer, batch) == 0 ? -1 : BatchHeader.maxTimestamp(buffer, batch);
    }
}
