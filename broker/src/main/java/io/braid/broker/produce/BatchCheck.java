package io.braid.broker.produce;

import io.braid.protocol.records.BatchHeader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.utils.internals.BufferSupplier;
import org.xerial.snappy.SnappyError;

/**
 * Decides whether a batch may enter the log: its frame, its CRC, its records, its topic's rules.
 *
 * <p>A batch without compression costs its CRC and a hop from record length to record length. A compressed batch is
 * unpacked as a stream, of which no more than a small buffer is ever held, and never more than
 * {@link #MAX_UNPACKED_BYTES} are unpacked. Stateless; any thread.
 */
final class BatchCheck {
    /** A batch that unpacks to more is refused: it would take its consumers' memory. */
    static final long MAX_UNPACKED_BYTES = 512L << 20;

    private static final int ZSTD = 4;

    private BatchCheck() {}

    /** Whether the check must unpack the batch, which may take long: then it does not belong on an event loop. */
    static boolean mustUnpack(ByteBuffer records, BatchRules rules) {
        return records != null
                && records.remaining() >= BatchHeader.SIZE
                && (BatchHeader.compression(records, records.position()) != 0 || rules.codec() != null);
    }

    /**
     * Checks one partition's records of a Produce request.
     *
     * @param records what the client sent, from position to limit, or null
     * @param nowMs   wall-clock time, for the rules on timestamps
     */
    static CheckedBatch check(ByteBuffer records, BatchRules rules, long nowMs) {
        Optional<CheckedBatch> badFrame = checkFrame(records);
        if (badFrame.isPresent()) {
            return badFrame.get();
        }
        int at = records.position();
        int size = records.remaining();
        if (size > rules.maxBatchBytes()) {
            return CheckedBatch.refused(
                    Errors.MESSAGE_TOO_LARGE,
                    "batch of " + size + " bytes, max.message.bytes=" + rules.maxBatchBytes());
        }
        if (!BatchHeader.verifyCrc(records, at, size)) {
            return CheckedBatch.refused(Errors.CORRUPT_MESSAGE, "the batch's CRC does not fit its bytes");
        }
        Optional<CheckedBatch> badHeader = checkHeader(records, at, rules, nowMs);
        if (badHeader.isPresent()) {
            return badHeader.get();
        }
        Optional<String> badRecords = checkRecords(records, at, size);
        if (badRecords.isPresent()) {
            return CheckedBatch.refused(Errors.INVALID_RECORD, badRecords.get());
        }
        return RecordRules.apply(records, rules, nowMs);
    }

    // ---- frame and header

    private static Optional<CheckedBatch> checkFrame(ByteBuffer records) {
        if (records == null || !records.hasRemaining()) {
            return invalid("no batch: exactly one is expected for each partition");
        }
        if (records.remaining() < BatchHeader.LENGTH_PREFIX_SIZE + 5) {
            return corrupt("batch is cut off");
        }
        int at = records.position();
        byte magic = BatchHeader.magic(records, at);
        if (magic == 0 || magic == 1) {
            return Optional.of(CheckedBatch.refused(
                    Errors.UNSUPPORTED_FOR_MESSAGE_FORMAT, "record format " + magic + " is not supported, 2 is"));
        }
        if (magic != BatchHeader.MAGIC) {
            return corrupt("unknown record format " + magic);
        }
        int length = BatchHeader.batchLength(records, at);
        if (length < BatchHeader.SIZE - BatchHeader.LENGTH_PREFIX_SIZE
                || length > records.remaining() - BatchHeader.LENGTH_PREFIX_SIZE) {
            return corrupt("batch length " + length + " does not fit the " + records.remaining() + " bytes sent");
        }
        if (length < records.remaining() - BatchHeader.LENGTH_PREFIX_SIZE) {
            return invalid("more than one batch: exactly one is expected for each partition");
        }
        return Optional.empty();
    }

    private static Optional<CheckedBatch> checkHeader(ByteBuffer records, int at, BatchRules rules, long nowMs) {
        int count = BatchHeader.count(records, at);
        int lastDelta = BatchHeader.lastOffsetDelta(records, at);
        if (count <= 0 || lastDelta != count - 1) {
            return invalid("record count " + count + " and last offset delta " + lastDelta + " do not fit");
        }
        if (BatchHeader.isControl(records, at)) {
            return invalid("clients may not write control batches");
        }
        if (BatchHeader.isTransactional(records, at)) {
            return Optional.of(
                    CheckedBatch.refused(Errors.INVALID_TXN_STATE, "transactions are not supported by this broker"));
        }
        if (BatchHeader.compression(records, at) > ZSTD) {
            return invalid("unknown codec " + BatchHeader.compression(records, at));
        }
        if (BatchHeader.producerId(records, at) >= 0
                && (BatchHeader.producerEpoch(records, at) < 0 || BatchHeader.baseSequence(records, at) < 0)) {
            return invalid("a producer id needs an epoch and a sequence");
        }
        long maxTimestamp = BatchHeader.maxTimestamp(records, at);
        if (!rules.logAppendTime()
                && rules.timestampAfterMaxMs() != Long.MAX_VALUE
                && maxTimestamp > nowMs + rules.timestampAfterMaxMs()) {
            return Optional.of(CheckedBatch.refused(
                    Errors.INVALID_TIMESTAMP,
                    "timestamp " + maxTimestamp + " is more than message.timestamp.after.max.ms="
                            + rules.timestampAfterMaxMs() + " ahead of the broker's " + nowMs));
        }
        return Optional.empty();
    }

    // ---- records

    private static Optional<String> checkRecords(ByteBuffer records, int at, int size) {
        int count = BatchHeader.count(records, at);
        if (BatchHeader.compression(records, at) == 0) {
            return hop(records, at + BatchHeader.SIZE, at + size, count);
        }
        ByteBuffer payload = records.duplicate();
        payload.position(at + BatchHeader.SIZE);
        CompressionType codec = CompressionType.forId(BatchHeader.compression(records, at));
        payload.limit(at + size);
        if (codec == CompressionType.SNAPPY) {
            Optional<String> bad = SnappyFraming.check(payload);
            if (bad.isPresent()) {
                return bad;
            }
        }
        try (InputStream in =
                Compression.of(codec).build().wrapForInput(payload, BatchHeader.MAGIC, BufferSupplier.NO_CACHING)) {
            return unpack(in, count);
        } catch (IOException | RuntimeException | SnappyError e) {
            return Optional.of("the " + codec.name + " data cannot be unpacked: " + e.getMessage());
        }
    }

    /** From length to length through records that lie open. */
    private static Optional<String> hop(ByteBuffer buffer, int from, int end, int count) {
        int position = from;
        for (int i = 0; i < count; i++) {
            long length = 0;
            int shift = 0;
            byte b;
            do {
                if (position >= end || shift > 28) {
                    return Optional.of("record " + i + " of " + count + " is cut off");
                }
                b = buffer.get(position++);
                length |= (long) (b & 0x7f) << shift;
                shift += 7;
            } while (b < 0);
            length = (length >>> 1) ^ -(length & 1);
            if (length < 6 || length > end - position) {
                return Optional.of(
                        "record " + i + " says it has " + length + " bytes, " + (end - position) + " are left");
            }
            position += (int) length;
        }
        return position == end ? Optional.empty() : Optional.of((end - position) + " bytes after the last record");
    }

    private static Optional<String> unpack(InputStream in, int count) throws IOException {
        byte[] sink = new byte[8192];
        long total = 0;
        for (int i = 0; i < count; i++) {
            long length = readVarint(in);
            if (length < 6) {
                return Optional.of("record " + i + " of " + count + " is cut off");
            }
            total += length;
            if (total > MAX_UNPACKED_BYTES) {
                return Optional.of("the batch unpacks to more than " + MAX_UNPACKED_BYTES + " bytes");
            }
            while (length > 0) {
                int n = in.read(sink, 0, (int) Math.min(sink.length, length));
                if (n < 0) {
                    return Optional.of("record " + i + " of " + count + " is cut off");
                }
                length -= n;
            }
        }
        return in.read() < 0 ? Optional.empty() : Optional.of("there are bytes after the last record");
    }

    /** The next zigzag varint, or -1 at the end or when it is too long. */
    private static long readVarint(InputStream in) throws IOException {
        long value = 0;
        for (int shift = 0; shift <= 28; shift += 7) {
            int b = in.read();
            if (b < 0) {
                return -1;
            }
            value |= (long) (b & 0x7f) << shift;
            if (b < 0x80) {
                return (value >>> 1) ^ -(value & 1);
            }
        }
        return -1;
    }

    private static Optional<CheckedBatch> corrupt(String why) {
        return Optional.of(CheckedBatch.refused(Errors.CORRUPT_MESSAGE, why));
    }

    private static Optional<CheckedBatch> invalid(String why) {
        return Optional.of(CheckedBatch.refused(Errors.INVALID_RECORD, why));
    }
}
