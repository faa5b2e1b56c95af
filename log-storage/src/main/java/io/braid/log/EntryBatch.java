package io.braid.log;

import io.braid.protocol.records.BatchHeader;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Entries to be appended together, in order. Reusable; owned by the shard thread. */
public final class EntryBatch {
    private static final ByteBuffer NO_PAYLOAD = ByteBuffer.allocate(0);
    private static final int INITIAL = 16;

    private int size;
    private int batches;
    private long bytes;
    private byte[] types = new byte[INITIAL];
    private int[] rows = new int[INITIAL];
    private int[] partitions = new int[INITIAL];
    private int[] leaderEpochs = new int[INITIAL];
    private long[] idMsbs = new long[INITIAL];
    private long[] idLsbs = new long[INITIAL];
    private long[] offsets = new long[INITIAL];
    private ByteBuffer[] payloads = new ByteBuffer[INITIAL];

    /** Makes it empty and lets go of the buffers. */
    public void clear() {
        Arrays.fill(payloads, 0, size, null);
        size = 0;
        batches = 0;
        bytes = 0;
    }

    /** Number of entries. */
    public int size() {
        return size;
    }

    /** Bytes they will take in the log, headers included. */
    public long bytes() {
        return bytes;
    }

    /**
     * Adds a record batch. Next offset, producer state and timestamps are derived from its header at the append.
     *
     * @param partitionRow row of the partition in {@link SharedLog#partitions()}
     * @param leaderEpoch the shard's leader epoch
     * @param v2Batch exactly one v2 batch between position and limit, direct or heap, big-endian, base offset and leader
     *     epoch already set; not copied: it must stay valid and unchanged until the append has returned
     * @throws IllegalArgumentException when the buffer does not hold exactly one batch
     */
    public void addBatch(int partitionRow, int leaderEpoch, ByteBuffer v2Batch) {
        int at = v2Batch.position();
        if (v2Batch.remaining() < BatchHeader.SIZE
                || BatchHeader.magic(v2Batch, at) != BatchHeader.MAGIC
                || BatchHeader.sizeInBytes(v2Batch, at) != v2Batch.remaining()) {
            throw new IllegalArgumentException("not one record batch of format v2: " + v2Batch.remaining() + " bytes");
        }
        int i = add(EntryType.BATCH, leaderEpoch, v2Batch);
        rows[i] = partitionRow;
        offsets[i] = BatchHeader.baseOffset(v2Batch, at);
        batches++;
    }

    /** Adds a move of a partition's log start. It changes nothing when the log start is already beyond it. */
    public void addLogStart(long idMsb, long idLsb, int partition, int leaderEpoch, long newLogStart) {
        int i = add(EntryType.LOG_START, leaderEpoch, NO_PAYLOAD);
        idMsbs[i] = idMsb;
        idLsbs[i] = idLsb;
        partitions[i] = partition;
        offsets[i] = newLogStart;
    }

    /** Adds the deletion of a topic: its partitions lose their rows, its batches are dead. */
    public void addTopicDeleted(long idMsb, long idLsb, int leaderEpoch) {
        int i = add(EntryType.TOPIC_DELETED, leaderEpoch, NO_PAYLOAD);
        idMsbs[i] = idMsb;
        idLsbs[i] = idLsb;
    }

    /** Adds the start of a leader epoch. */
    public void addEpochStart(int leaderEpoch) {
        add(EntryType.EPOCH_START, leaderEpoch, NO_PAYLOAD);
    }

    /** Adds a truncation to the LSN that the entry is written with. */
    void addTruncation(int leaderEpoch) {
        add(EntryType.TRUNCATION, leaderEpoch, NO_PAYLOAD);
    }

    int batches() {
        return batches;
    }

    /** What entry {@code i} is, as {@link EntryType} numbers it. */
    public byte type(int i) {
        return types[i];
    }

    /** Row of a batch's partition, else -1. */
    public int row(int i) {
        return rows[i];
    }

    public int partition(int i) {
        return partitions[i];
    }

    public int leaderEpoch(int i) {
        return leaderEpochs[i];
    }

    public long idMsb(int i) {
        return idMsbs[i];
    }

    public long idLsb(int i) {
        return idLsbs[i];
    }

    /** Base offset of a batch, new log start of a log-start entry, else 0. */
    public long offset(int i) {
        return offsets[i];
    }

    public ByteBuffer payload(int i) {
        return payloads[i];
    }

    int entryBytes(int i) {
        return EntryHeader.entryBytes(payloads[i].remaining());
    }

    /** Fills in the key of a batch's partition; the log does it before it writes. */
    void key(int i, long idMsb, long idLsb, int partition) {
        idMsbs[i] = idMsb;
        idLsbs[i] = idLsb;
        partitions[i] = partition;
    }

    private int add(byte type, int leaderEpoch, ByteBuffer payload) {
        if (size == types.length) {
            grow(size * 2);
        }
        int i = size++;
        types[i] = type;
        rows[i] = -1;
        partitions[i] = 0;
        leaderEpochs[i] = leaderEpoch;
        idMsbs[i] = 0;
        idLsbs[i] = 0;
        offsets[i] = 0;
        payloads[i] = payload;
        bytes += EntryHeader.entryBytes(payload.remaining());
        return i;
    }

    private void grow(int capacity) {
        types = Arrays.copyOf(types, capacity);
        rows = Arrays.copyOf(rows, capacity);
        partitions = Arrays.copyOf(partitions, capacity);
        leaderEpochs = Arrays.copyOf(leaderEpochs, capacity);
        idMsbs = Arrays.copyOf(idMsbs, capacity);
        idLsbs = Arrays.copyOf(idLsbs, capacity);
        offsets = Arrays.copyOf(offsets, capacity);
        payloads = Arrays.copyOf(payloads, capacity);
    }
}
