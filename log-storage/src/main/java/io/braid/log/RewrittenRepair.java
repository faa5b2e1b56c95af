package io.braid.log;

import io.braid.log.index.SegmentIndexBuilder;
import io.braid.log.index.SegmentInfo;
import io.braid.log.rewrite.RewrittenFile;
import io.braid.log.rewrite.SegmentManifest;
import io.braid.protocol.records.BatchHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/** What recovery does with a rewritten segment whose index, or the checkpoint above it, was lost. Stateless; blocks. */
final class RewrittenRepair {
    private RewrittenRepair() {}

    /** Told of damage, as {@link LogListener#onDamage}. */
    interface Damage {
        void found(long fromLsn, long toLsn, Path file, long position, String reason);
    }

    /** Writes the index anew; empty when the file cannot be read at all. */
    static Optional<SegmentInfo> index(
            LogFiles.Sealed sealed, SegmentManifest manifest, SegmentSet older, int logTag, Damage damage)
            throws IOException {
        try (RewrittenFile file = RewrittenFile.open(sealed.path(), logTag)) {
            Optional<SegmentInfo> info = file.info();
            if (info.isEmpty()) {
                info = manifest.covering(sealed.segment())
                        .map(one -> new SegmentInfo(
                                one.firstOrdinal(),
                                one.lastOrdinal(),
                                one.firstLsn(),
                                one.endLsn(),
                                one.bytes(),
                                System.currentTimeMillis(),
                                one.rewrite()));
            }
            if (info.isPresent()) {
                index(file, sealed, info.get(), older, damage);
            }
            return info;
        }
    }

    private static void index(
            RewrittenFile file, LogFiles.Sealed sealed, SegmentInfo info, SegmentSet older, Damage damage)
            throws IOException {
        int[] previous = {-1};
        SegmentIndexBuilder builder = new SegmentIndexBuilder(info.firstSegment(), (msb, lsb, id) -> previous[0]);
        file.forEach(new Walk(sealed, info, damage) {
            @Override
            public void onPartition(long idMsb, long idLsb, int partition, int previousSegment, int batches) {
                super.onPartition(idMsb, idLsb, partition, previousSegment, batches);
                previous[0] = previousSegment;
            }

            @Override
            public void onBatch(long lsn, ByteBuffer batch, long position) throws IOException {
                builder.add(
                        msb,
                        lsb,
                        id,
                        BatchHeader.baseOffset(batch, 0),
                        BatchHeader.lastOffsetDelta(batch, 0),
                        position,
                        BatchHeader.sizeInBytes(batch, 0),
                        BatchHeader.leaderEpoch(batch, 0),
                        BatchHeader.maxTimestamp(batch, 0));
            }
        });
        builder.write(LogFiles.index(sealed.path()), info, older);
    }

    /** Applies the batches, and then the other entries, to tables that know nothing of them; returns how many. */
    static long replay(LogFiles.Sealed sealed, LogTables tables, int logTag, Damage damage) throws IOException {
        try (RewrittenFile file = RewrittenFile.open(sealed.path(), logTag)) {
            SegmentInfo info = file.info()
                    .orElse(new SegmentInfo(
                            sealed.segment(), sealed.segment(), sealed.firstLsn(), sealed.firstLsn(), 0, 0));
            Replay replay = new Replay(sealed, info, damage, tables);
            file.forEach(replay);
            replay.finish();
            return replay.entries;
        }
    }

    /** Keeps the partition that the walk is in. */
    private static class Walk implements RewrittenFile.Visitor {
        private final LogFiles.Sealed sealed;
        private final SegmentInfo info;
        private final Damage damage;
        long msb;
        long lsb;
        int id;

        Walk(LogFiles.Sealed sealed, SegmentInfo info, Damage damage) {
            this.sealed = sealed;
            this.info = info;
            this.damage = damage;
        }

        @Override
        public void onPartition(long idMsb, long idLsb, int partition, int previousSegment, int batches) {
            msb = idMsb;
            lsb = idLsb;
            id = partition;
        }

        @Override
        public void onDamage(long position, String reason) {
            damage.found(info.firstLsn(), info.endLsn(), sealed.path(), position, reason);
        }
    }

    private static final class Replay extends Walk {
        private final LogTables tables;
        private final List<ByteBuffer> controls = new ArrayList<>();
        /** First LSN of each leader epoch. */
        private final TreeMap<Integer, Long> epochs = new TreeMap<>();

        private final CRC32C crc = new CRC32C();
        private int row;
        private long entries;

        Replay(LogFiles.Sealed sealed, SegmentInfo info, Damage damage, LogTables tables) {
            super(sealed, info, damage);
            this.tables = tables;
        }

        @Override
        public void onControl(ByteBuffer entry) {
            ByteBuffer copy =
                    ByteBuffer.allocate(EntryHeader.SIZE).put(entry.duplicate()).flip();
            if (EntryHeader.verifyCrc(copy, 0, crc)) {
                controls.add(copy);
                epochs.merge(EntryHeader.leaderEpoch(copy, 0), EntryHeader.lsn(copy, 0), Math::min);
                entries++;
            } else {
                onDamage(0, "an entry has a wrong CRC");
            }
        }

        @Override
        public void onPartition(long idMsb, long idLsb, int partition, int previousSegment, int batches) {
            super.onPartition(idMsb, idLsb, partition, previousSegment, batches);
            row = tables.partitions.findOrAdd(idMsb, idLsb, partition);
        }

        @Override
        public void onBatch(long lsn, ByteBuffer batch, long position) {
            epochs.merge(BatchHeader.leaderEpoch(batch, 0), lsn, Math::min);
            tables.onBatch(row, batch, 0);
            entries++;
        }

        void finish() {
            epochs.forEach(tables::onEpoch);
            for (ByteBuffer entry : controls) {
                long idMsb = EntryHeader.topicIdMsb(entry, 0);
                long idLsb = EntryHeader.topicIdLsb(entry, 0);
                if (EntryHeader.type(entry, 0) == EntryType.LOG_START) {
                    tables.onLogStart(idMsb, idLsb, EntryHeader.partition(entry, 0), EntryHeader.baseOffset(entry, 0));
                } else if (EntryHeader.type(entry, 0) == EntryType.TOPIC_DELETED) {
                    tables.onTopicDeleted(idMsb, idLsb);
                }
            }
        }
    }
}
