package io.braid.log;

import io.braid.log.index.CompactedSegments;
import io.braid.log.index.DirectoryEntry;
import io.braid.log.index.PartitionKey;
import io.braid.log.index.SegmentIndex;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The compacted segments of a log as they were at one moment. Each belongs to a <em>run</em>: what one pass wrote, sorted by
 * partition, then offset. A partition counts in the run in which it reaches farthest, of equals in the newest; older runs may still
 * hold it, dead. So every set of whole files says the truth, whatever a crash leaves of a pass or of a deletion. Immutable; any thread.
 */
final class CompactedSet implements CompactedSegments {
    /** Ordinals from here on are of compacted segments. */
    static final int FIRST_ORDINAL = 1 << 30;

    private final Supplier<CompactedSet> current;
    /** By ascending ordinals. */
    private final List<Member> members;

    /**
     * A compacted segment.
     *
     * @param run ordinal of the first segment of its run
     * @param first key in it
     * @param last key in it
     */
    record Member(Segment segment, int run, PartitionKey first, PartitionKey last) {
        /** Opens the index: blocks. */
        static Member of(Segment segment, int run) throws IOException {
            SegmentIndex index = segment.index();
            return new Member(segment, run, index.key(0), index.key(index.partitions() - 1));
        }

        boolean covers(PartitionKey key) {
            return first.compareTo(key) <= 0 && last.compareTo(key) >= 0;
        }
    }

    /** @param current gives the set that counts now */
    CompactedSet(Supplier<CompactedSet> current, List<Member> members) {
        this.current = current;
        List<Member> sorted = new ArrayList<>(members);
        sorted.sort(Comparator.comparingInt(member -> member.segment().ordinal));
        this.members = List.copyOf(sorted);
    }

    /** The same set and more; members that it has already are left out. */
    CompactedSet with(List<Member> more) {
        List<Member> all = new ArrayList<>(members);
        for (Member member : more) {
            if (get(member.segment().ordinal) == null) {
                all.add(member);
            }
        }
        return new CompactedSet(current, all);
    }

    CompactedSet without(List<Segment> gone) {
        return new CompactedSet(
                current,
                members.stream()
                        .filter(member -> !gone.contains(member.segment()))
                        .toList());
    }

    boolean isEmpty() {
        return members.isEmpty();
    }

    List<Member> members() {
        return members;
    }

    /** The segment with an ordinal; null when there is none. */
    Segment get(int ordinal) {
        for (Member member : members) {
            if (member.segment().ordinal == ordinal) {
                return member.segment();
            }
        }
        return null;
    }

    @Override
    public Optional<Place> place(long idMsb, long idLsb, int partition) throws IOException {
        return members.isEmpty() ? Optional.empty() : place(new PartitionKey(idMsb, idLsb, partition));
    }

    private Optional<Place> place(PartitionKey key) throws IOException {
        Place best = null;
        int seenRun = -1;
        for (int i = members.size() - 1; i >= 0; i--) {
            Member member = members.get(i);
            if (member.run() == seenRun || !member.covers(key)) {
                continue;
            }
            Optional<DirectoryEntry> entry = entry(member, key);
            if (entry.isPresent()) {
                seenRun = member.run();
                long end = entry.get().lastOffset() + 1;
                best = best == null || end > best.endOffset() ? new Place(member.segment().ordinal, end) : best;
            }
        }
        return Optional.ofNullable(best);
    }

    /** What a segment holds; nothing when it was dropped, which only dead ones are. */
    private static Optional<DirectoryEntry> entry(Member member, PartitionKey key) throws IOException {
        try {
            return member.segment().index().find(key.idMsb(), key.idLsb(), key.partition());
        } catch (SegmentGoneException e) {
            return Optional.empty();
        } catch (ClosedChannelException e) {
            throw new SegmentGoneException("compacted segment " + member.segment().ordinal + " was deleted");
        }
    }

    /** Below it a partition's batches in other than compacted segments are dead; 0 when it has no compacted ones. Blocks. */
    long endOffset(long idMsb, long idLsb, int partition) throws IOException {
        return place(idMsb, idLsb, partition).map(Place::endOffset).orElse(0L);
    }

    /** Whether an entry of a member's directory counts: its partition is not in another run that counts more. Blocks. */
    boolean counts(Member member, DirectoryEntry entry) throws IOException {
        int newest = place(entry.topicIdMsb(), entry.topicIdLsb(), entry.partition())
                .map(Place::newestSegment)
                .orElse(-1);
        for (Member other : members) {
            if (other.segment().ordinal == newest) {
                return other.run() == member.run();
            }
        }
        return false;
    }

    /** Bytes of all segments. */
    long sizeBytes() {
        return members.stream()
                .mapToLong(member -> member.segment().endPosition)
                .sum();
    }

    @Override
    public void verify() throws SegmentGoneException {
        if (current.get() != this) {
            throw new SegmentGoneException("the partition was compacted meanwhile");
        }
    }

    @Override
    public Optional<SegmentIndex> find(int ordinal) throws IOException {
        Segment segment = get(ordinal);
        return segment == null ? Optional.empty() : Optional.of(segment.index());
    }
}
