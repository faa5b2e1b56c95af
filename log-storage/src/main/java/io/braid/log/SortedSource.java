package io.braid.log;

import io.braid.log.index.SegmentIndex;
import io.braid.log.index.SegmentInfo;
import io.braid.log.rewrite.RewriteSource;
import io.braid.log.rewrite.RewrittenFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** A rewritten segment, to be rewritten again. Whoever makes it holds a reference to the file. Used by one thread at a time; blocks. */
final class SortedSource implements RewriteSource {
    private final Segment segment;
    private final int logTag;
    private final ControlFilter filter;
    private final List<ByteBuffer> controls = new ArrayList<>();
    private long[] lsns;

    SortedSource(Segment segment, int logTag, ControlFilter filter) {
        this.segment = segment;
        this.logTag = logTag;
        this.filter = filter;
    }

    @Override
    public SegmentInfo info() {
        return segment.info();
    }

    @Override
    public SegmentIndex index() throws IOException {
        return segment.index();
    }

    @Override
    public long prepare(long maxBytes) throws IOException {
        if (lsns != null) {
            return 0;
        }
        try (RewrittenFile file = RewrittenFile.open(segment.file.path(), logTag)) {
            lsns = file.lsns(segment.ordinal, segment.index().batches());
            for (ByteBuffer control : file.controls()) {
                if (filter.keeps(control, 0)) {
                    controls.add(control);
                }
            }
        }
        return (long) EntryHeader.SIZE * controls.size() + (long) Long.BYTES * lsns.length + 1;
    }

    @Override
    public List<ByteBuffer> controls() {
        return controls;
    }

    @Override
    public long lsn(int row, long position) {
        return lsns[row];
    }

    @Override
    public void read(ByteBuffer target, long position) throws IOException {
        segment.file.readFully(target, position);
    }
}
