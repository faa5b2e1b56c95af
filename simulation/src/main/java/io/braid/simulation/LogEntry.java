package io.braid.simulation;

import io.braid.log.EntryBatch;
import io.braid.log.EntryType;
import io.braid.protocol.records.BatchHeader;
import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * One entry of a shard's log, as it is on a disk or on its way to another replica. Immutable.
 *
 * @param offset base offset of a batch, new log start of a log-start entry
 * @param payload the record batch; null where there is none
 */
record LogEntry(
        long lsn, byte type, int leaderEpoch, long idMsb, long idLsb, int partition, long offset, ByteBuffer payload) {

    /** Entry number {@code i} of a batch that is being appended; its payload is copied. */
    static LogEntry of(EntryBatch entries, int i, long lsn, long idMsb, long idLsb, int partition) {
        ByteBuffer payload = null;
        if (entries.type(i) == EntryType.BATCH) {
            ByteBuffer source = entries.payload(i);
            payload = ByteBuffer.allocate(source.remaining());
            payload.put(0, source, source.position(), source.remaining());
        }
        return new LogEntry(
                lsn, entries.type(i), entries.leaderEpoch(i), idMsb, idLsb, partition, entries.offset(i), payload);
    }

    static LogEntry truncation(long toLsn) {
        return new LogEntry(toLsn, EntryType.TRUNCATION, 0, 0, 0, 0, 0, null);
    }

    boolean isBatch() {
        return type == EntryType.BATCH;
    }

    long lastOffset() {
        return BatchHeader.lastOffset(payload, 0);
    }

    /** Whether it is the same entry, bit by bit. */
    @SuppressWarnings("ReferenceEquality") // mostly it is the very same object
    boolean sameAs(LogEntry other) {
        return this == other
                || (lsn == other.lsn
                        && type == other.type
                        && leaderEpoch == other.leaderEpoch
                        && idMsb == other.idMsb
                        && idLsb == other.idLsb
                        && partition == other.partition
                        && offset == other.offset
                        && Objects.equals(payload, other.payload));
    }

    @Override
    public String toString() {
        String what = isBatch()
                ? " p" + partition + " offsets " + offset + "-" + lastOffset() + " producer "
                        + BatchHeader.producerId(payload, 0) + " seq " + BatchHeader.baseSequence(payload, 0)
                : " type " + type;
        return lsn + "@" + leaderEpoch + what;
    }
}
