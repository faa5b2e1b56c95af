package io.braid.log.rewrite;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * The rewritten segments that count: the file {@code manifest} of a shard's log. Immutable. It is text, written whole under a temporary name,
 * forced and renamed; the rename is the moment when a rewritten segment takes the place of what it was made from. A log without one has no
 * rewritten segments.
 *
 * <pre>
 * version=1
 * next=8                                                   number of the next rewrite
 * gone=2410                                                entries below that are missing at the end of the log were deleted; 0 none
 * segment=3 5 1200 2410 7 53211044                         first and last ordinal, first and end LSN, number of the rewrite, bytes of the file
 * crc=0a1b2c3d                                             CRC32C of the bytes before this line, 8 hex digits
 * </pre>
 *
 * Lines end with a line feed; segments come in the order of their ordinals, which do not overlap; a reader skips keys that it does not know.
 *
 * <p>The file of a rewritten segment is {@code LLLLLLLLLLLLLLLLLLLL-OOOOOOOOOO-NNNNNNNNNN.log}: first LSN, first ordinal, number of the
 * rewrite; its index the same with {@code .idx}. A file of that form that the manifest does not name was not finished, or has been replaced,
 * and is removed; so is every other segment whose ordinals lie within those of a named one. A named file that is missing is lost data. Where the manifest
 * cannot be read, all files of rewritten segments count, the highest number first, unless their ordinals overlap with those of one that counts:
 * each has its name only once it is whole.
 */
public record SegmentManifest(long next, long goneLsn, List<Rewritten> segments) {
    /** Of a log in which nothing was rewritten. */
    public static final SegmentManifest EMPTY = new SegmentManifest(1, 0, List.of());

    public static final String FILE = "manifest";

    private static final String VERSION = "version=1";
    private static final String CRC = "crc=";
    private static final String NEXT = "next=";
    private static final String GONE = "gone=";
    private static final String SEGMENT = "segment=";

    /**
     * A rewritten segment.
     *
     * @param firstOrdinal of the segments it stands for
     * @param lastOrdinal inclusive
     * @param firstLsn of their entries
     * @param endLsn exclusive
     * @param rewrite its number, from 1
     * @param bytes of its file
     */
    public record Rewritten(int firstOrdinal, int lastOrdinal, long firstLsn, long endLsn, int rewrite, long bytes) {
        public Rewritten {
            if (firstOrdinal < 0 || lastOrdinal < firstOrdinal || firstLsn < 0 || endLsn < firstLsn || rewrite < 1) {
                throw new IllegalArgumentException("segments " + firstOrdinal + "-" + lastOrdinal + ", entries "
                        + firstLsn + "-" + endLsn + ", rewrite " + rewrite);
            }
        }

        /** Whether it stands for the segment with an ordinal. */
        public boolean covers(int ordinal) {
            return ordinal >= firstOrdinal && ordinal <= lastOrdinal;
        }
    }

    public SegmentManifest {
        List<Rewritten> sorted = new ArrayList<>(segments);
        sorted.sort(Comparator.comparingInt(Rewritten::firstOrdinal));
        for (int i = 1; i < sorted.size(); i++) {
            if (sorted.get(i).firstOrdinal() <= sorted.get(i - 1).lastOrdinal()) {
                throw new IllegalArgumentException(sorted.get(i - 1) + " overlaps " + sorted.get(i));
            }
        }
        segments = List.copyOf(sorted);
    }

    /** The rewritten segment that stands for an ordinal. */
    public Optional<Rewritten> covering(int ordinal) {
        return segments.stream().filter(segment -> segment.covers(ordinal)).findFirst();
    }

    /** With a new segment, in the place of all that it covers. */
    public SegmentManifest with(Rewritten made) {
        List<Rewritten> left = new ArrayList<>(segments);
        left.removeIf(old -> made.covers(old.firstOrdinal()));
        left.add(made);
        return new SegmentManifest(Math.max(next, made.rewrite() + 1L), goneLsn, left);
    }

    /** Without the segments that begin at these ordinals. */
    public SegmentManifest without(List<Integer> firstOrdinals) {
        List<Rewritten> left = new ArrayList<>(segments);
        left.removeIf(old -> firstOrdinals.contains(old.firstOrdinal()));
        return new SegmentManifest(next, goneLsn, left);
    }

    /** As one in which all segments up to an LSN may be missing, the newest included. */
    public SegmentManifest gone(long lsn) {
        return new SegmentManifest(next, Math.max(goneLsn, lsn), segments);
    }

    /** The file's text. */
    public String text() {
        StringBuilder text = new StringBuilder(VERSION)
                .append('\n')
                .append(NEXT)
                .append(next)
                .append('\n')
                .append(GONE)
                .append(goneLsn)
                .append('\n');
        for (Rewritten one : segments) {
            text.append(SEGMENT)
                    .append(String.format(
                            "%d %d %d %d %d %d",
                            one.firstOrdinal, one.lastOrdinal, one.firstLsn, one.endLsn, one.rewrite, one.bytes))
                    .append('\n');
        }
        String listed = text.toString();
        return listed + CRC + crc(listed) + '\n';
    }

    /** Reads the file's text; empty when it is damaged or of another version. */
    public static Optional<SegmentManifest> parse(String text) {
        int crcAt = text.lastIndexOf(CRC);
        if (crcAt < 0
                || !text.startsWith(VERSION + "\n")
                || !text.substring(crcAt).equals(CRC + crc(text.substring(0, crcAt)) + "\n")) {
            return Optional.empty();
        }
        long next = 1;
        long goneLsn = 0;
        List<Rewritten> segments = new ArrayList<>();
        try {
            for (String line : text.substring(0, crcAt).split("\n")) {
                if (line.startsWith(NEXT)) {
                    next = Long.parseLong(line.substring(NEXT.length()));
                } else if (line.startsWith(GONE)) {
                    goneLsn = Long.parseLong(line.substring(GONE.length()));
                } else if (line.startsWith(SEGMENT)) {
                    segments.add(segment(line.substring(SEGMENT.length()).split(" ")));
                }
            }
            return Optional.of(new SegmentManifest(next, goneLsn, segments));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Rewritten segment(String[] fields) {
        if (fields.length < 6) {
            throw new IllegalArgumentException(fields.length + " fields");
        }
        return new Rewritten(
                Integer.parseInt(fields[0]),
                Integer.parseInt(fields[1]),
                Long.parseLong(fields[2]),
                Long.parseLong(fields[3]),
                Integer.parseInt(fields[4]),
                Long.parseLong(fields[5]));
    }

    private static String crc(String text) {
        CRC32C crc = new CRC32C();
        crc.update(text.getBytes(StandardCharsets.ISO_8859_1));
        return String.format("%08x", crc.getValue());
    }
}
