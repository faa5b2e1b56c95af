package io.braid.log.index;

import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The batches of a partition whose older ones may be in compacted segments: those first, then what was appended after them. Where
 * the one ends and the other begins is looked up when it is first asked for. Immutable to its users; any thread. Every lookup fails
 * when something was compacted since the view was taken.
 */
final class CompactedPartitionIndex extends PartitionIndex {
    private final PartitionIndex appended;
    private final CompactedSegments segments;
    private final PartitionKey key;
    private volatile Parts parts;

    /**
     * What was found.
     *
     * @param compacted without batches when the partition has none there
     * @param end exclusive last offset of those; appended batches below it are dead
     */
    private record Parts(PartitionIndex compacted, long end) {}

    CompactedPartitionIndex(
            IndexSnapshot snapshot, CompactedSegments segments, PartitionKey key, int newestSegment, int newestRow) {
        super(snapshot, key, newestSegment, newestRow);
        this.appended = new PartitionIndex(snapshot, key, newestSegment, newestRow);
        this.segments = segments;
        this.key = key;
    }

    private Parts parts() throws IOException {
        Parts found = parts;
        if (found == null) {
            Optional<CompactedSegments.Place> place = segments.place(key.idMsb(), key.idLsb(), key.partition());
            IndexSnapshot compacted = new IndexSnapshot(java.util.List.of(), segments);
            found = place.map(
                            at -> new Parts(new PartitionIndex(compacted, key, at.newestSegment(), -1), at.endOffset()))
                    .orElseGet(() -> new Parts(new PartitionIndex(compacted, key, -1, -1), 0));
            parts = found;
        }
        return found;
    }

    /** A lookup. */
    private interface Lookup<T> {
        T run() throws IOException;
    }

    /** Its result, unless a segment that it did not find may have been compacted away. */
    private <T> T verified(Lookup<T> lookup) throws IOException {
        T result;
        try {
            result = lookup.run();
        } catch (IOException e) {
            segments.verify();
            throw e;
        }
        segments.verify();
        return result;
    }

    @Override
    public Optional<BatchLocation> floor(long offset) throws IOException {
        return verified(() -> {
            Parts all = parts();
            Optional<BatchLocation> newest = offset < all.end() ? Optional.empty() : appended.floor(offset);
            return newest.isPresent() && newest.get().lastOffset() >= all.end()
                    ? newest
                    : all.compacted().floor(offset);
        });
    }

    @Override
    public BatchCursor from(long offset) throws IOException {
        if (offset >= oldestOffsetInMemory()) {
            return appended.from(offset); // never compacted, never deleted while this view is in use
        }
        return verified(() -> {
            Parts all = parts();
            BatchCursor cursor = offset >= all.end()
                    ? appended.from(offset)
                    : all.compacted().from(offset).then(() -> appended.from(all.end()));
            return cursor.verifiedBy(segments);
        });
    }

    @Override
    public int leaderEpochAt(long offset) throws IOException {
        return floor(offset).map(BatchLocation::leaderEpoch).orElse(-1);
    }

    @Override
    public Optional<BatchLocation> firstWithTimestamp(long timestamp, long fromOffset, long endOffset)
            throws IOException {
        return verified(() -> {
            Parts all = parts();
            Optional<BatchLocation> older = fromOffset >= all.end()
                    ? Optional.empty()
                    : all.compacted().firstWithTimestamp(timestamp, fromOffset, Math.min(endOffset, all.end()));
            return older.isPresent()
                    ? older
                    : appended.firstWithTimestamp(timestamp, Math.max(fromOffset, all.end()), endOffset);
        });
    }

    @Override
    public Optional<BatchLocation> withMaxTimestamp(long fromOffset, long endOffset) throws IOException {
        return verified(() -> {
            Parts all = parts();
            Optional<BatchLocation> older = fromOffset >= all.end()
                    ? Optional.empty()
                    : all.compacted().withMaxTimestamp(fromOffset, Math.min(endOffset, all.end()));
            long from = Math.max(fromOffset, all.end());
            Optional<BatchLocation> newer =
                    from >= endOffset ? Optional.empty() : appended.withMaxTimestamp(from, endOffset);
            return greater(older, newer);
        });
    }

    @Override
    public OptionalLong endOfEpoch(int leaderEpoch) throws IOException {
        return verified(() -> {
            Parts all = parts();
            OptionalLong older = all.compacted().endOfEpoch(leaderEpoch);
            if (older.isPresent()) {
                return older;
            }
            OptionalLong newer = appended.endOfEpoch(leaderEpoch);
            return newer.isPresent() && newer.getAsLong() < all.end() ? OptionalLong.of(all.end()) : newer;
        });
    }

    @Override
    public long bytesBetween(long fromOffset, long toOffset) throws IOException {
        return verified(() -> {
            Parts all = parts();
            long older = fromOffset >= all.end()
                    ? 0
                    : all.compacted().bytesBetween(fromOffset, Math.min(toOffset, all.end()));
            return older + appended.bytesBetween(Math.max(fromOffset, all.end()), toOffset);
        });
    }

    @Override
    public OptionalLong startAfterExpired(long logStartOffset, long cutoffMs) throws IOException {
        return verified(() -> {
            Parts all = parts();
            OptionalLong start = logStartOffset >= all.end()
                    ? OptionalLong.empty()
                    : all.compacted().startAfterExpired(logStartOffset, cutoffMs);
            return start.orElse(logStartOffset) < all.end()
                    ? start
                    : either(appended.startAfterExpired(Math.max(logStartOffset, all.end()), cutoffMs), start);
        });
    }

    @Override
    public OptionalLong startAfterFreeing(long logStartOffset, long excessBytes) throws IOException {
        return verified(() -> {
            Parts all = parts();
            OptionalLong start = logStartOffset >= all.end()
                    ? OptionalLong.empty()
                    : all.compacted().startAfterFreeing(logStartOffset, excessBytes);
            if (start.orElse(logStartOffset) < all.end()) {
                return start;
            }
            long from = Math.max(logStartOffset, all.end());
            long left = excessBytes - all.compacted().bytesBetween(logStartOffset, all.end());
            return either(appended.startAfterFreeing(from, left), start);
        });
    }

    private static OptionalLong either(OptionalLong first, OptionalLong second) {
        return first.isPresent() ? first : second;
    }

    @Override
    public long firstOffsetFromSegment(int segment) throws IOException {
        return verified(() -> appended.firstOffsetFromSegment(segment));
    }

    @Override
    public long compactedEnd() throws IOException {
        return verified(() -> parts().end());
    }
}
