package io.braid.broker.shard;

import io.braid.log.AppliedEntries;
import io.braid.log.EntryBatch;
import io.braid.log.EntryRun;
import io.braid.log.EntryType;
import io.braid.log.table.EpochTable;
import io.braid.log.table.PartitionTable;
import io.braid.log.table.ProducerTable;
import io.braid.protocol.records.BatchHeader;
import io.braid.protocol.records.FetchedRecords;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** A log in memory; what was not forced is lost by {@link #loseUnforced}. */
final class MemoryStore implements ShardStore {
    /** One entry as a replica keeps it. */
    record Entry(long lsn, int epoch, byte type, long idMsb, long idLsb, int partition, long offset, String payload) {}

    private static final int FIXED_BYTES = 8 + 4 + 1 + 8 + 8 + 4 + 8 + 4;

    private final List<Entry> entries = new ArrayList<>();
    private final List<byte[]> payloads = new ArrayList<>();
    private PartitionTable partitions = new PartitionTable();
    private ProducerTable producers = new ProducerTable(partitions, 1 << 20, 1);
    private EpochTable epochs = new EpochTable();
    private long forced;
    private long committed = Long.MAX_VALUE;
    int truncations;

    List<Entry> entries() {
        return entries;
    }

    void force() {
        forced = nextLsn();
    }

    void loseUnforced() {
        cut((int) forced);
    }

    /** As after opening the log anew. */
    MemoryStore reopened() {
        committed = Long.MAX_VALUE;
        cut(entries.size());
        return this;
    }

    long committed() {
        return committed;
    }

    @Override
    public PartitionTable partitions() {
        return partitions;
    }

    @Override
    public ProducerTable producers() {
        return producers;
    }

    @Override
    public EpochTable epochs() {
        return epochs;
    }

    @Override
    public long startLsn() {
        return 0;
    }

    @Override
    public long nextLsn() {
        return entries.size();
    }

    @Override
    public long durableLsn() {
        return forced;
    }

    @Override
    public long append(EntryBatch batch, long nowMs) {
        long first = nextLsn();
        for (int i = 0; i < batch.size(); i++) {
            boolean isBatch = batch.type(i) == EntryType.BATCH;
            int row = batch.row(i);
            add(
                    new Entry(
                            nextLsn(),
                            batch.leaderEpoch(i),
                            batch.type(i),
                            isBatch ? partitions.topicIdMsb(row) : batch.idMsb(i),
                            isBatch ? partitions.topicIdLsb(row) : batch.idLsb(i),
                            isBatch ? partitions.partition(row) : batch.partition(i),
                            batch.offset(i),
                            ""),
                    bytes(batch.payload(i)));
        }
        return first;
    }

    @Override
    public void appendReplicated(EntryRun run, long nowMs, AppliedEntries listener) {
        ByteBuffer in;
        try {
            in = run.takeBytes();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        while (in.hasRemaining()) {
            Entry e = new Entry(
                    in.getLong(), in.getInt(), in.get(), in.getLong(), in.getLong(), in.getInt(), in.getLong(), "");
            byte[] payload = new byte[in.getInt()];
            in.get(payload);
            if (e.lsn() != nextLsn()) {
                throw new IllegalStateException("entry " + e.lsn() + " where " + nextLsn() + " is expected");
            }
            if (e.type() == EntryType.LOG_START) {
                listener.onLogStart(e.lsn(), e.idMsb(), e.idLsb(), e.partition(), e.offset());
            } else if (e.type() == EntryType.TOPIC_DELETED) {
                listener.onTopicDeleted(e.lsn(), e.idMsb(), e.idLsb());
            }
            int row = e.type() == EntryType.BATCH ? partitions.findOrAdd(e.idMsb(), e.idLsb(), e.partition()) : -1;
            long start = row < 0 ? 0 : partitions.nextOffset(row);
            add(e, payload);
            if (row >= 0) {
                listener.onBatch(e.lsn(), row, start, partitions.nextOffset(row), payload.length);
            }
        }
    }

    /** What a leader sends. */
    EntryRun read(long fromLsn, int maxEntries) {
        int end = (int) Math.min(nextLsn(), fromLsn + maxEntries);
        int size = 0;
        for (int i = (int) fromLsn; i < end; i++) {
            size += FIXED_BYTES + payloads.get(i).length;
        }
        ByteBuffer out = ByteBuffer.allocate(size);
        for (int i = (int) fromLsn; i < end; i++) {
            Entry e = entries.get(i);
            byte[] payload = payloads.get(i);
            out.putLong(e.lsn())
                    .putInt(e.epoch())
                    .put(e.type())
                    .putLong(e.idMsb())
                    .putLong(e.idLsb());
            out.putInt(e.partition()).putLong(e.offset()).putInt(payload.length).put(payload);
        }
        FetchedRecords.Bytes bytes = new FetchedRecords.Bytes(Unpooled.wrappedBuffer(out.flip()));
        return size == 0 ? EntryRun.empty(fromLsn) : new EntryRun(fromLsn, end, FetchedRecords.of(List.of(bytes)));
    }

    @Override
    public void truncateTo(long lsn, long nowMs) {
        if (lsn < committed) {
            throw new IllegalArgumentException("truncation to " + lsn + " below " + committed);
        }
        truncations++;
        cut((int) lsn);
        forced = nextLsn();
    }

    @Override
    public void onCommitted(long lsn) {
        committed = lsn;
    }

    @Override
    public OptionalLong findBatch(
            int partitionRow, long producerId, short epoch, int firstSequence, int lastSequence, long newestOffset) {
        for (int i = entries.size() - 1; i >= 0; i--) {
            ByteBuffer batch = ByteBuffer.wrap(payloads.get(i));
            if (batch.hasRemaining()
                    && BatchHeader.producerId(batch, 0) == producerId
                    && BatchHeader.baseSequence(batch, 0) == firstSequence
                    && BatchHeader.lastSequence(batch, 0) == lastSequence) {
                return OptionalLong.of(BatchHeader.baseOffset(batch, 0));
            }
        }
        return OptionalLong.empty();
    }

    private void cut(int size) {
        List<Entry> kept = new ArrayList<>(entries.subList(0, size));
        List<byte[]> keptPayloads = new ArrayList<>(payloads.subList(0, size));
        entries.clear();
        payloads.clear();
        partitions = new PartitionTable();
        // Rows get other numbers, as the contract of truncateTo allows.
        partitions.findOrAdd(size, truncations, 0);
        producers = new ProducerTable(partitions, 1 << 20, 1);
        epochs = new EpochTable();
        for (int i = 0; i < size; i++) {
            add(kept.get(i), keptPayloads.get(i));
        }
        forced = Math.min(forced, size);
    }

    private void add(Entry e, byte[] payload) {
        entries.add(new Entry(
                e.lsn(),
                e.epoch(),
                e.type(),
                e.idMsb(),
                e.idLsb(),
                e.partition(),
                e.offset(),
                java.util.HexFormat.of().formatHex(payload)));
        payloads.add(payload);
        epochs.start(e.epoch(), e.lsn());
        if (e.type() == EntryType.BATCH) {
            int row = partitions.findOrAdd(e.idMsb(), e.idLsb(), e.partition());
            ByteBuffer batch = ByteBuffer.wrap(payload);
            partitions.setNextOffset(row, BatchHeader.lastOffset(batch, 0) + 1);
            if (BatchHeader.producerId(batch, 0) >= 0) {
                producers.put(
                        row,
                        BatchHeader.producerId(batch, 0),
                        BatchHeader.producerEpoch(batch, 0),
                        BatchHeader.lastSequence(batch, 0),
                        BatchHeader.lastOffset(batch, 0),
                        BatchHeader.lastOffsetDelta(batch, 0),
                        BatchHeader.maxTimestamp(batch, 0));
            }
        } else if (e.type() == EntryType.LOG_START) {
            int row = partitions.findOrAdd(e.idMsb(), e.idLsb(), e.partition());
            partitions.setLogStartOffset(row, Math.max(partitions.logStartOffset(row), e.offset()));
        } else if (e.type() == EntryType.TOPIC_DELETED) {
            partitions.removeTopic(e.idMsb(), e.idLsb(), producers::removePartition);
        }
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] copy = new byte[buffer.remaining()];
        buffer.duplicate().get(copy);
        return copy;
    }
}
