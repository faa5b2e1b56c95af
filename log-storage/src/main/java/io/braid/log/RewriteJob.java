package io.braid.log;

import io.braid.log.index.SegmentIndexes;
import io.braid.log.index.SegmentInfo;
import io.braid.log.rewrite.BatchSelector;
import io.braid.log.rewrite.FileStep;
import io.braid.log.rewrite.RewriteSource;
import io.braid.log.rewrite.RewriteTarget;
import io.braid.log.rewrite.SegmentManifest;
import io.braid.log.rewrite.SegmentRewrite;
import io.braid.log.table.PartitionSnapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One rewrite from the choice of its segments to the files that may take their place. Used by one thread at a time; blocks. */
final class RewriteJob {
    private final LogFiles files;
    private final List<Segment> inputs;
    private final RewriteTarget target;
    private final BatchSelector selector;
    private final PartitionSnapshot partitions;
    private final SegmentList log;
    private final FileStep step;
    private final List<Segment> retained = new ArrayList<>();
    private SegmentRewrite rewrite;
    private Optional<SegmentInfo> made = Optional.empty();

    /**
     * @param inputs neighbours in the log, in order
     * @param log all segments
     */
    RewriteJob(
            LogFiles files,
            List<Segment> inputs,
            int number,
            int logTag,
            BatchSelector selector,
            PartitionSnapshot partitions,
            SegmentList log,
            FileStep step) {
        this.files = files;
        this.inputs = List.copyOf(inputs);
        Segment first = inputs.get(0);
        var file = files.rewritten(first.firstLsn, first.ordinal, number);
        this.target = new RewriteTarget(file, LogFiles.index(file), number, logTag);
        this.selector = selector;
        this.partitions = partitions;
        this.log = log;
        this.step = step;
    }

    List<Segment> inputs() {
        return inputs;
    }

    /** Goes on copying; true when all is copied and forced. */
    boolean advance(long maxBytes) throws IOException {
        if (rewrite == null) {
            rewrite = begin();
        }
        if (!rewrite.advance(maxBytes)) {
            return false;
        }
        made = rewrite.finish();
        return true;
    }

    private SegmentRewrite begin() throws IOException {
        if (!Files.exists(files.manifest())) {
            // From now on one that is missing is damage.
            ManifestFile.write(files, SegmentManifest.EMPTY, step);
        }
        List<RewriteSource> sources = new ArrayList<>();
        for (Segment segment : inputs) {
            if (!segment.file.tryRetain()) {
                throw segment.gone();
            }
            retained.add(segment);
            ControlFilter filter =
                    new ControlFilter(partitions, segment == log.all().get(0));
            sources.add(
                    segment.isRewritten()
                            ? new SortedSource(segment, target.logTag(), filter)
                            : new AppendedSource(segment, target.logTag(), filter));
        }
        SegmentIndexes older = ordinal -> ordinal < inputs.get(0).ordinal ? log.find(ordinal) : Optional.empty();
        return new SegmentRewrite(target, sources, selector, older, step);
    }

    long bytesRead() {
        return rewrite == null ? 0 : rewrite.bytesRead();
    }

    /** Whether an input was deleted meanwhile, as all of it had died. */
    boolean isOutdated() {
        return inputs.stream().anyMatch(Segment::isDropped);
    }

    /** What was made, to be put into the manifest; empty when nothing was kept. */
    Optional<SegmentManifest.Rewritten> entry() {
        return made.map(info -> new SegmentManifest.Rewritten(
                info.firstSegment(),
                info.lastSegment(),
                info.firstLsn(),
                info.endLsn(),
                info.rewrite(),
                info.endPosition()));
    }

    /** The segment that was made. */
    Segment segment() {
        return Segment.sealed(made.orElseThrow(), SegmentFile.sealed(target.file()));
    }

    /** Lets go of the inputs. */
    void release() throws IOException {
        for (Segment segment : retained) {
            segment.file.release();
        }
        retained.clear();
        if (rewrite != null) {
            rewrite.close();
        }
    }

    /** Removes what was made. */
    void discard() throws IOException {
        release();
        if (made.isPresent()) {
            Files.deleteIfExists(target.file());
            Files.deleteIfExists(target.index());
            made = Optional.empty();
        }
    }
}
