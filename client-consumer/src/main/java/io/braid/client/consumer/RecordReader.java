package io.braid.client.consumer;

import io.braid.client.RecordHeader;
import io.braid.protocol.records.BatchHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.utils.internals.BufferSupplier;
import org.apache.kafka.common.utils.internals.ByteUtils;
import org.xerial.snappy.SnappyError;

/**
 * Reads the records of a chunk, each when it is asked for: batches are checked and unpacked when their first record is. Markers
 * of transactions, records before the wanted offset and those of aborted transactions are passed over; where compaction left
 * gaps, offsets jump. Owned by whoever took the chunk.
 */
final class RecordReader {
    private final Chunk chunk;
    private final ByteBuffer buffer;
    private final boolean checkCrc;
    private final AbortedTransactions aborted; // null when all that is there is read
    private BufferSupplier buffers = BufferSupplier.NO_CACHING; // of the codec; its own from the first packed batch on

    // The batch.
    private int batch; // where it begins
    private int nextBatch;
    private RecordBodies bodies; // null between batches
    private int left; // records of it that were not looked at
    private int nextDelta; // records come in the order of their offsets
    private long baseOffset;
    private long baseTimestamp;
    private int leaderEpoch = AssignedPartition.NO_EPOCH;
    private TimestampType timestampType = TimestampType.CREATE_TIME;

    // The record.
    private ByteBuffer body;
    private long offset;
    private long timestamp;
    private int keyAt;
    private int keyBytes;
    private int valueAt;
    private int valueBytes;

    RecordReader(Chunk chunk, boolean checkCrc, boolean readCommitted) {
        this.chunk = chunk;
        this.buffer = chunk.batches;
        this.checkCrc = checkCrc;
        this.aborted = readCommitted ? new AbortedTransactions(chunk.aborted) : null;
        this.offset = chunk.fromOffset - 1;
    }

    /**
     * Moves to the next record; false when there is none.
     *
     * @throws UnreadableRecordException when the bytes are not what was written
     */
    boolean next() {
        try {
            while (true) {
                if (bodies == null && !openBatch()) {
                    return false;
                }
                if (left == 0) {
                    close();
                } else {
                    left--;
                    read(bodies.next());
                    if (offset >= chunk.fromOffset) {
                        return true;
                    }
                }
            }
        } catch (UnreadableRecordException e) {
            throw e;
        } catch (IOException | RuntimeException | SnappyError | LinkageError e) { // a codec's library may be missing
            throw unreadable("a batch cannot be unpacked", e);
        }
    }

    private UnreadableRecordException unreadable(String message, Throwable cause) {
        close();
        long from = Math.max(chunk.fromOffset, BatchHeader.baseOffset(buffer, batch));
        long read = Math.min(Math.max(from, offset + 1), BatchHeader.lastOffset(buffer, batch));
        return new UnreadableRecordException(
                chunk.partition.name, read, BatchHeader.lastOffset(buffer, batch) + 1, message, cause);
    }

    /** Stops before the next batch that has records to read; false when there is none. */
    private boolean openBatch() {
        while (nextBatch < buffer.limit()) {
            batch = nextBatch;
            int bytes = BatchHeader.sizeInBytes(buffer, batch);
            nextBatch = batch + bytes;
            if (BatchHeader.magic(buffer, batch) != BatchHeader.MAGIC) {
                throw unreadable("a batch of format " + BatchHeader.magic(buffer, batch) + ", not 2", null);
            }
            boolean skipped = (aborted != null && aborted.covers(buffer, batch))
                    || BatchHeader.isControl(buffer, batch)
                    || BatchHeader.lastOffset(buffer, batch) < chunk.fromOffset;
            if (!skipped) {
                open(bytes);
                return true;
            }
        }
        return false;
    }

    private void open(int bytes) {
        if (checkCrc && !BatchHeader.verifyCrc(buffer, batch, bytes)) {
            throw unreadable("a batch does not fit its CRC", null);
        }
        baseOffset = BatchHeader.baseOffset(buffer, batch);
        nextDelta = 0;
        leaderEpoch = BatchHeader.leaderEpoch(buffer, batch);
        boolean appendTime = BatchHeader.isLogAppendTime(buffer, batch);
        timestampType = appendTime ? TimestampType.LOG_APPEND_TIME : TimestampType.CREATE_TIME;
        baseTimestamp =
                appendTime ? BatchHeader.maxTimestamp(buffer, batch) : BatchHeader.baseTimestamp(buffer, batch);
        left = BatchHeader.count(buffer, batch);
        if (BatchHeader.compression(buffer, batch) != 0 && buffers.equals(BufferSupplier.NO_CACHING)) {
            buffers = BufferSupplier.create();
        }
        bodies = RecordBodies.of(buffer, batch, bytes, buffers);
    }

    private void read(ByteBuffer in) throws IOException {
        body = in;
        in.get(); // attributes: none are defined
        long timestampDelta = ByteUtils.readVarlong(in);
        int offsetDelta = ByteUtils.readVarint(in);
        timestamp = timestampType == TimestampType.LOG_APPEND_TIME ? baseTimestamp : baseTimestamp + timestampDelta;
        keyBytes = ByteUtils.readVarint(in);
        keyAt = in.position();
        skip(in, keyBytes);
        valueBytes = ByteUtils.readVarint(in);
        valueAt = in.position();
        skip(in, valueBytes);
        if (offsetDelta < nextDelta || offsetDelta > BatchHeader.lastOffsetDelta(buffer, batch)) {
            throw new IOException("a record at offset " + baseOffset + " + " + offsetDelta);
        }
        nextDelta = offsetDelta + 1;
        offset = baseOffset + offsetDelta;
    }

    private static void skip(ByteBuffer in, int bytes) throws IOException {
        if (bytes > in.remaining()) {
            throw new IOException("a field of " + bytes + " bytes, of which there are " + in.remaining());
        }
        in.position(in.position() + Math.max(0, bytes));
    }

    long offset() {
        return offset;
    }

    /** Of the batch that the record is in. */
    int leaderEpoch() {
        return leaderEpoch;
    }

    /**
     * The record that {@link #next} moved to; asked for once.
     *
     * @throws UnreadableRecordException when a deserializer refuses it, or its headers are damaged
     */
    <K, V> ConsumerRecord<K, V> record(Deserializer<K> keys, Deserializer<V> values) {
        String topic = chunk.partition.topic.name;
        try {
            List<RecordHeader> headers = headers();
            K key = field(keys, topic, keyAt, keyBytes);
            V value = field(values, topic, valueAt, valueBytes);
            return new ConsumerRecord<>(
                    chunk.partition.name, offset, leaderEpoch, timestamp, timestampType, key, value, headers);
        } catch (IOException | RuntimeException e) {
            throw new UnreadableRecordException(
                    chunk.partition.name, offset, offset + 1, "a record cannot be deserialized", e);
        }
    }

    private <T> T field(Deserializer<T> deserializer, String topic, int at, int bytes) {
        if (bytes < 0) {
            return null;
        }
        body.limit(at + bytes).position(at).order(ByteOrder.BIG_ENDIAN);
        return deserializer.deserialize(topic, body);
    }

    private List<RecordHeader> headers() throws IOException {
        int count = ByteUtils.readVarint(body);
        if (count == 0) {
            return List.of();
        }
        if (count < 0 || count > body.remaining()) {
            throw new IOException(count + " headers");
        }
        List<RecordHeader> headers = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            byte[] key = bytes();
            byte[] value = bytes();
            if (key == null) {
                throw new IOException("a header without a key");
            }
            headers.add(new RecordHeader(new String(key, StandardCharsets.UTF_8), value));
        }
        return headers;
    }

    private byte[] bytes() throws IOException {
        int length = ByteUtils.readVarint(body);
        if (length < 0) {
            return null;
        }
        if (length > body.remaining()) {
            throw new IOException("a header of " + length + " bytes");
        }
        byte[] copy = new byte[length];
        body.get(copy);
        return copy;
    }

    /** Gives back what a codec holds; reading goes on with the next batch. */
    void close() {
        if (bodies != null) {
            RecordBodies ended = bodies;
            bodies = null;
            ended.close();
        }
    }
}
