package io.braid.log;

import io.braid.log.compact.CompactionPolicy;
import io.braid.log.compact.DirtyPart;
import io.braid.log.compact.TopicCompaction;
import io.braid.log.index.BatchCursor;
import io.braid.log.index.DirectoryEntry;
import io.braid.log.index.PartitionIndex;
import io.braid.log.index.PartitionKey;
import io.braid.log.table.PartitionSnapshot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.Uuid;

/**
 * Chooses what a pass compacts: the partitions that are due, and what lives in runs that are to go with it. Runs are merged by
 * size: the new one takes in each newer run that is no larger than itself, so that their number stays logarithmic, and each that is
 * more than half dead. Used by one thread at a time; blocks.
 */
final class CompactionPlanner {
    /** Looks at every partition this often, whatever has changed. */
    private static final int FULL_EVERY = 40;

    // What the last looks have shown.
    private int examinedBelow;
    private long policyVersion;
    private long nextDueMs;
    private int scans;

    // Of one look.
    private CompactionView view;
    private CompactionPolicy policy;
    private long nowMs;
    private boolean full;
    private long dueMs;
    private double maxDirtyRatio;
    private boolean seal;
    private List<CompactionJob> jobs;
    private Uuid settingsOf;
    private Optional<TopicCompaction> settings = Optional.empty();

    /**
     * What to do.
     *
     * @param jobs by ascending keys
     * @param seal whether the active segment is old enough to be sealed
     */
    record Plan(List<CompactionJob> jobs, double maxDirtyRatio, boolean seal) {}

    /** Has the next look be a thorough one. */
    void forget() {
        examinedBelow = 0;
    }

    Plan plan(CompactionView seen, CompactionPolicy topics, long now) throws IOException {
        view = seen;
        policy = topics;
        nowMs = now;
        full = scans++ % FULL_EVERY == 0 || topics.version() != policyVersion || now >= nextDueMs || examinedBelow == 0;
        dueMs = Long.MAX_VALUE;
        maxDirtyRatio = 0;
        seal = false;
        jobs = new ArrayList<>();
        settingsOf = null;
        try {
            view.partitions().forEach(row -> {
                try {
                    look(row);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        if (full || !jobs.isEmpty()) {
            takeInRuns();
        }
        jobs.sort(Comparator.comparing(CompactionJob::key));
        examinedBelow = view.endOrdinal();
        policyVersion = topics.version();
        nextDueMs = full ? dueMs : Math.min(nextDueMs, dueMs);
        return new Plan(jobs, maxDirtyRatio, seal);
    }

    private Optional<TopicCompaction> settings(int row) {
        PartitionSnapshot partitions = view.partitions();
        long msb = partitions.topicIdMsb(row);
        long lsb = partitions.topicIdLsb(row);
        if (settingsOf == null
                || settingsOf.getMostSignificantBits() != msb
                || settingsOf.getLeastSignificantBits() != lsb) {
            settingsOf = new Uuid(msb, lsb);
            settings = policy.of(settingsOf);
        }
        return settings;
    }

    private void look(int row) throws IOException {
        Optional<TopicCompaction> found = settings(row);
        if (found.isEmpty()) {
            return;
        }
        int newest = view.partitions().newestSegment(row);
        if (newest >= 0 && newest == view.activeOrdinal()) {
            seal |= nowMs - view.activeSinceMs() >= found.get().sealMs();
        }
        if (full || newest >= examinedBelow) {
            look(row, found.get());
        }
    }

    private void look(int row, TopicCompaction topic) throws IOException {
        long start = view.partitions().logStartOffset(row);
        PartitionIndex index = view.index().of(view.partitions(), row);
        long compactedEnd = index.compactedEnd();
        long dirtyOffset = Math.max(start, compactedEnd);
        long limit = limit(index, row, dirtyOffset, topic);
        if (dirtyOffset >= limit) {
            return;
        }
        BatchCursor first = index.from(dirtyOffset);
        if (!first.next() || first.baseOffset() >= limit) {
            return;
        }
        long dirtyBytes = Math.max(first.sizeBytes(), index.bytesBetween(dirtyOffset, limit));
        long cleanBytes = index.bytesBetween(start, compactedEnd);
        DirtyPart part = new DirtyPart(cleanBytes, dirtyBytes, first.maxTimestamp());
        maxDirtyRatio = Math.max(maxDirtyRatio, part.dirtyRatio());
        if (part.isDue(topic, nowMs)) {
            jobs.add(new CompactionJob(
                    row, key(row), start, dirtyOffset, limit, cleanBytes + dirtyBytes, topic.deleteRetentionMs()));
        } else {
            dueMs = Math.min(dueMs, part.dueMs(topic));
        }
    }

    private PartitionKey key(int row) {
        PartitionSnapshot partitions = view.partitions();
        return new PartitionKey(partitions.topicIdMsb(row), partitions.topicIdLsb(row), partitions.partition(row));
    }

    /** Where what may be compacted now ends: sealed, committed, and old enough. */
    private long limit(PartitionIndex index, int row, long dirtyOffset, TopicCompaction topic) throws IOException {
        long limit = Math.min(
                index.firstOffsetFromSegment(view.endOrdinal()),
                view.partitions().nextOffset(row));
        if (topic.minLagMs() <= 0 || dirtyOffset >= limit) {
            return limit;
        }
        BatchCursor batch = index.from(dirtyOffset);
        while (batch.next() && batch.baseOffset() < limit) {
            if (batch.maxTimestamp() > nowMs - topic.minLagMs()) {
                dueMs = Math.min(dueMs, batch.maxTimestamp() + topic.minLagMs());
                return batch.baseOffset();
            }
        }
        return limit;
    }

    private void takeInRuns() throws IOException {
        CompactedSet set = view.compacted();
        Set<PartitionKey> taken = new HashSet<>();
        long size = 0;
        for (CompactionJob job : jobs) {
            taken.add(job.key());
            size += job.bytes();
        }
        boolean newer = !jobs.isEmpty();
        List<CompactedSet.Member> members = set.members();
        for (int end = members.size(); end > 0; ) {
            int run = members.get(end - 1).run();
            int from = end;
            while (from > 0 && members.get(from - 1).run() == run) {
                from--;
            }
            RunContents contents = contents(members.subList(from, end), taken);
            newer &= contents.liveBytes <= size;
            boolean halfDead = contents.liveBytes > 0 && contents.liveBytes < contents.bytes / 2;
            if (newer || halfDead) {
                for (CompactionJob job : contents.live) {
                    jobs.add(job);
                    taken.add(job.key());
                }
                size += contents.liveBytes;
            }
            end = from;
        }
    }

    /** What counts in a run and is not taken yet. */
    private static final class RunContents {
        private final List<CompactionJob> live = new ArrayList<>();
        private long liveBytes;
        private long bytes;
    }

    private RunContents contents(List<CompactedSet.Member> run, Set<PartitionKey> taken) throws IOException {
        RunContents contents = new RunContents();
        Set<PartitionKey> seen = new HashSet<>();
        for (CompactedSet.Member member : run) {
            contents.bytes += member.segment().endPosition;
            member.segment().index().forEach(entry -> {
                PartitionKey key = new PartitionKey(entry.topicIdMsb(), entry.topicIdLsb(), entry.partition());
                if (isLive(member, entry) && !taken.contains(key) && seen.add(key)) {
                    CompactionJob job = copy(key);
                    contents.live.add(job);
                    contents.liveBytes += job.bytes();
                }
                return true;
            });
        }
        return contents;
    }

    private boolean isLive(CompactedSet.Member member, DirectoryEntry entry) throws IOException {
        int row = view.partitions().find(entry.topicIdMsb(), entry.topicIdLsb(), entry.partition());
        return row >= 0
                && entry.lastOffset() >= view.partitions().logStartOffset(row)
                && view.compacted().counts(member, entry);
    }

    private CompactionJob copy(PartitionKey key) throws IOException {
        int row = view.partitions().find(key.idMsb(), key.idLsb(), key.partition());
        PartitionIndex index = view.index().of(view.partitions(), row);
        long start = view.partitions().logStartOffset(row);
        long end = index.compactedEnd();
        long bytes = index.bytesBetween(start, end);
        return new CompactionJob(row, key, start, end, end, bytes, 0);
    }

    /** Segments in which no partition counts any more. */
    List<Segment> dead() throws IOException {
        List<Segment> dead = new ArrayList<>();
        for (CompactedSet.Member member : view.compacted().members()) {
            Segment segment = member.segment();
            if (segment.liveWitness == null || !isLive(member, segment.liveWitness)) {
                segment.liveWitness = null;
                segment.index().forEach(entry -> {
                    segment.liveWitness = isLive(member, entry) ? entry : null;
                    return segment.liveWitness == null;
                });
            }
            if (segment.liveWitness == null) {
                dead.add(segment);
            }
        }
        return dead;
    }
}
