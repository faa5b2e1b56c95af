package io.braid.log;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import net.openhft.chronicle.bytes.BytesStore;
import net.openhft.posix.PosixAPI;

/**
 * Has the pages of the active segment's mapping made by a background thread before small documents are copied there, so that the
 * appending thread does not fault (decision 0012). What is not made in time faults as ever. The owner asks; any thread does the work, which
 * touches no byte of the file.
 */
final class PagesAhead {
    /** What is made at a time; asked for when less than half of it is left. */
    private static final long AHEAD_BYTES = 1 << 20;

    private static final long PAGE_BYTES = 4096;

    /** Linux 5.14: makes the pages of a range as if they had been written to; an error where that cannot be. */
    private static final int MADV_POPULATE_WRITE = 23;

    private final AtomicReference<Range> due = new AtomicReference<>();
    private BytesStore<?, ?> mapped;
    private long madeTo;

    /** Addresses. */
    private record Range(long from, long bytes) {}

    /** Notes that the file was written to by copying, up to a position. Owner. */
    void onCopied(BytesStore<?, ?> mapping, long position) {
        if (mapping != mapped) {
            mapped = mapping;
            madeTo = position;
        }
        long end = mapping.start() + mapping.realCapacity();
        if (position + AHEAD_BYTES / 2 > madeTo && madeTo < end) {
            long from = Math.max(madeTo, position) & -PAGE_BYTES;
            long to = Math.min(end, from + AHEAD_BYTES);
            due.set(new Range(mapping.addressForRead(mapping.start()) + from - mapping.start(), to - from));
            madeTo = to;
        }
    }

    /** The work that is due. Any thread may run it, also after the mapping is gone: then nothing happens. */
    Optional<Runnable> take() {
        Range range = due.getAndSet(null);
        return range == null ? Optional.empty() : Optional.of(() -> make(range));
    }

    /** Fails on older kernels, and when the mapping has just gone: the pages are then made by faults, as ever. */
    private static void make(Range range) {
        PosixAPI.posix().madvise(range.from(), range.bytes(), MADV_POPULATE_WRITE);
    }
}
