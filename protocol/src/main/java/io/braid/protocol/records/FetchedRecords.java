package io.braid.protocol.records;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.common.record.internal.BaseRecords;
import org.apache.kafka.common.record.internal.RecordsSend;

/**
 * What a fetch answers for one partition: whole batches as parts in order, each in memory or a range of a file.
 *
 * <p>Whoever makes it owns its parts (one reference each). Putting it into a response and replying hands them over: the
 * network releases them once they are sent or the connection is gone. Owned by one thread at a time.
 */
public final class FetchedRecords implements BaseRecords {
    public static final FetchedRecords EMPTY = new FetchedRecords(List.of());

    private final List<Part> parts;
    private final int sizeBytes;
    private boolean released;

    private FetchedRecords(List<Part> parts) {
        int size = 0;
        for (Part part : parts) {
            size = Math.addExact(size, part.size());
        }
        this.parts = parts;
        this.sizeBytes = size;
    }

    /** Takes ownership of the parts. */
    public static FetchedRecords of(List<Part> parts) {
        return parts.isEmpty() ? EMPTY : new FetchedRecords(List.copyOf(parts));
    }

    /** One part of an answer. */
    public interface Part {
        /** Length in bytes. */
        int size();

        /** Gives back the reference that the part holds. */
        void release();
    }

    /** Bytes in memory: the readable bytes of the buffer, which must not change any more. */
    public record Bytes(ByteBuf buffer) implements Part {
        @Override
        public int size() {
            return buffer.readableBytes();
        }

        @Override
        public void release() {
            buffer.release();
        }
    }

    /** Bytes of a file, sent without passing through user space; the range holds one reference to its source. */
    public record FileRange(FileSource source, long position, int length) implements Part {
        public FileRange {
            Objects.requireNonNull(source, "source");
            if (position < 0 || length < 0) {
                throw new IllegalArgumentException("file range at " + position + " of " + length + " bytes");
            }
        }

        @Override
        public int size() {
            return length;
        }

        @Override
        public void release() {
            source.release();
        }
    }

    /**
     * No bytes, but an action that runs once when everything before it in the answer was written, or dropped: to count what
     * waits to be sent.
     *
     * @param action quick; on the event loop of the connection, or whichever thread drops the records
     */
    public record WhenSent(Runnable action) implements Part {
        @Override
        public int size() {
            return 0;
        }

        @Override
        public void release() {
            action.run();
        }
    }

    /** These records, which are given up, with an action behind them. */
    public FetchedRecords andThen(Runnable action) {
        if (!takeOver()) {
            throw new IllegalStateException("no records, or records that were sent or released before");
        }
        List<Part> more = new ArrayList<>(parts.size() + 1);
        more.addAll(parts);
        more.add(new WhenSent(action));
        return new FetchedRecords(more);
    }

    public List<Part> parts() {
        return parts;
    }

    @Override
    public int sizeInBytes() {
        return sizeBytes;
    }

    /** Releases all parts; a second call does nothing. For answers that are dropped before they reach the network. */
    public void release() {
        if (takeOver()) {
            parts.forEach(Part::release);
        }
    }

    /** Moves the duty to release the parts to the caller. False when it was moved, or the parts released, before. */
    public boolean takeOver() {
        boolean mine = !released && !parts.isEmpty();
        released = released || mine;
        return mine;
    }

    /** Kafka's own transport, which is not used here. */
    @Override
    public RecordsSend<? extends BaseRecords> toSend() {
        throw new UnsupportedOperationException("fetched records are sent by the protocol module's own transport");
    }

    @Override
    public String toString() {
        return "FetchedRecords(" + parts.size() + " parts, " + sizeBytes + " bytes)";
    }
}
