package io.braid.quorum;

import io.braid.image.ClusterImage;
import io.braid.image.MetadataRecord;
import io.braid.quorum.message.RecordBatch;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * The newest records of a controller, for brokers that are a little behind. Bounded by the number of records, but for those
 * of the last command, which are always there; a broker that is further behind needs a snapshot. Owned by the controller thread.
 */
public final class MetadataFeed {
    private static final int MAX_RECORDS = 50_000;
    /**
     * Bytes of one answer, unless a single batch or chunk has more: every broker of a large cluster may have one on its way at
     * the same time.
     */
    static final int MAX_ANSWER_BYTES = 256 << 10;

    private static final class Kept {
        final RecordBatch batch;
        byte[] encoded;

        Kept(RecordBatch batch) {
            this.batch = batch;
        }
    }

    private final Deque<Kept> kept = new ArrayDeque<>();
    private int records;
    private ClusterImage image = ClusterImage.EMPTY;

    public ClusterImage image() {
        return image;
    }

    /** Records took the image on. */
    public void add(ClusterImage before, ClusterImage after, List<MetadataRecord> added) {
        if (after.version() <= image.version()) {
            return;
        }
        if (before.version() != image.version()) {
            replace(after);
            return;
        }
        image = after;
        kept.addLast(new Kept(new RecordBatch(before.version(), after.version(), added)));
        records += added.size();
        while (records > MAX_RECORDS && kept.size() > 1) {
            records -= kept.removeFirst().batch.records().size();
        }
    }

    /** The image was replaced as a whole: no broker can be led here by records. */
    public void replace(ClusterImage now) {
        if (now.version() > image.version()) {
            image = now;
            kept.clear();
            records = 0;
        }
    }

    /**
     * Encoded batches that lead on from a version, up to a number of bytes (and {@value #MAX_ANSWER_BYTES}) but at least one; empty if that version is not
     * one they lead on from.
     */
    public Optional<List<byte[]>> after(long version, int maxBytes) {
        Deque<Kept> newer = new ArrayDeque<>(); // from the newest back: what is asked for is mostly the last few
        for (Iterator<Kept> each = kept.descendingIterator(); each.hasNext(); ) {
            Kept next = each.next();
            if (next.batch.before() < version) {
                break;
            }
            newer.addFirst(next);
        }
        if (newer.isEmpty() || newer.getFirst().batch.before() != version) {
            return Optional.empty();
        }
        List<byte[]> batches = new ArrayList<>();
        int bytes = 0;
        for (Kept each : newer) {
            if (each.encoded == null) {
                each.encoded = each.batch.encode();
            }
            bytes += each.encoded.length;
            if (!batches.isEmpty() && bytes > Math.min(maxBytes, MAX_ANSWER_BYTES)) {
                break;
            }
            batches.add(each.encoded);
        }
        return Optional.of(batches);
    }
}
