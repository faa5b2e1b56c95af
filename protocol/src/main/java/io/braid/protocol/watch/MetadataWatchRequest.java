package io.braid.protocol.watch;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.protocol.Readable;
import org.apache.kafka.common.protocol.Writable;

/**
 * Asks for what changed after a version in what concerns some topics, and waits for it. A broker holds one watch for each
 * connection: a further one ends the wait of the one before it, which is then answered as it is.
 */
public final class MetadataWatchRequest extends WatchMessage {
    /** The version of who knows nothing: it is answered at once, in full. */
    public static final long FROM_NOTHING = -1;

    private long afterVersion;
    private int maxWaitMs;
    private List<String> known = List.of();
    private List<String> added = List.of();

    public MetadataWatchRequest() {}

    /**
     * @param afterVersion what the sender knows of {@code known}
     * @param maxWaitMs 0 asks without waiting
     * @param known topics whose state as of {@code afterVersion} the sender has, or knows not to exist
     * @param added topics that are to be answered in full, at once
     */
    public MetadataWatchRequest(long afterVersion, int maxWaitMs, List<String> known, List<String> added) {
        this.afterVersion = afterVersion;
        this.maxWaitMs = maxWaitMs;
        this.known = List.copyOf(known);
        this.added = List.copyOf(added);
    }

    public long afterVersion() {
        return afterVersion;
    }

    public int maxWaitMs() {
        return maxWaitMs;
    }

    public List<String> known() {
        return known;
    }

    public List<String> added() {
        return added;
    }

    @Override
    void encode(Writable out) {
        out.writeLong(afterVersion);
        out.writeInt(maxWaitMs);
        writeNames(out, known);
        writeNames(out, added);
    }

    @Override
    void decode(Readable in) {
        afterVersion = in.readLong();
        maxWaitMs = in.readInt();
        known = readNames(in);
        added = readNames(in);
    }

    private static void writeNames(Writable out, List<String> names) {
        out.writeUnsignedVarint(names.size());
        names.forEach(name -> writeString(out, name));
    }

    private static List<String> readNames(Readable in) {
        int size = readSize(in, 1);
        List<String> names = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            names.add(readString(in));
        }
        return names;
    }

    @Override
    public Message duplicate() {
        return new MetadataWatchRequest(afterVersion, maxWaitMs, known, added);
    }
}
