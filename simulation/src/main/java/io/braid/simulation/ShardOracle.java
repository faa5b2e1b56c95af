package io.braid.simulation;

import io.braid.image.ClusterImage;
import io.braid.image.ShardImage;
import io.braid.log.EntryType;
import io.braid.protocol.records.BatchHeader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What was promised of one shard: its committed entries, and who led it when. */
final class ShardOracle {
    private final Cluster cluster;
    private final int shardId;
    private boolean lossAccepted;
    private boolean lost;
    private final List<LogEntry> committed = new ArrayList<>();
    private final Map<Integer, Long> leaderOfEpoch = new HashMap<>();
    private final Map<Integer, PartitionOracle> partitions = new HashMap<>();

    /** What was committed of one partition. */
    private static final class PartitionOracle {
        long nextOffset;
        long logStart;
        final Map<Long, LogEntry> byOffset = new HashMap<>();
        final Map<Long, Integer> nextSequence = new HashMap<>();
        /** What a leader said last, by process and epoch. */
        final Map<Long, Long> highWatermarks = new HashMap<>();
    }

    ShardOracle(Cluster cluster, int shardId) {
        this.cluster = cluster;
        this.shardId = shardId;
    }

    /** An operator accepts that what was acknowledged may be gone: anybody may be elected. */
    void acceptLoss() {
        lossAccepted = true;
    }

    boolean lossAccepted() {
        return lossAccepted;
    }

    /** Somebody was elected who was not in sync; if its log lacks anything, nothing is promised of the contents any more. */
    void onUncleanLeader(int brokerId) {
        List<LogEntry> log = cluster.machine(brokerId).disk(shardId).live();
        int last = committed.size() - 1;
        boolean complete = last < 0 || (log.size() > last && log.get(last).sameAs(committed.get(last)));
        lost = lost || !complete;
        cluster.tally.count(complete ? "unclean elections without loss" : "unclean elections with loss");
    }

    /** Whether acknowledged entries are gone, as was accepted. */
    boolean lost() {
        return lost;
    }

    List<LogEntry> committed() {
        return committed;
    }

    long nextOffset(int partition) {
        PartitionOracle of = partitions.get(partition);
        return of == null ? 0 : of.nextOffset;
    }

    /** A process began to lead. */
    void onLeading(SimBroker broker, int epoch) {
        Long before = leaderOfEpoch.putIfAbsent(epoch, broker.instance());
        if (before != null && before != broker.instance()) {
            throw Oracle.broken(
                    "at most one leader an epoch",
                    "shard %d epoch %d: broker %d (process %d) after process %d",
                    shardId,
                    epoch,
                    broker.id(),
                    broker.instance(),
                    before);
        }
    }

    /** A replica says that everything below {@code until} is committed. */
    void onCommit(SimBroker broker, boolean leads, List<LogEntry> log, long from, long until) {
        if (lost) {
            return;
        }
        if (until < from) {
            throw Oracle.broken(
                    "high watermarks never go back",
                    "shard %d at broker %d: commit LSN %d after %d",
                    shardId,
                    broker.id(),
                    until,
                    from);
        }
        for (long lsn = from; lsn < until; lsn++) {
            if (lsn >= log.size()) {
                throw Oracle.broken(
                        "committed entries never change",
                        "shard %d: broker %d has no entry %d, which it says is committed",
                        shardId,
                        broker.id(),
                        lsn);
            }
            LogEntry entry = log.get((int) lsn);
            if (lsn < committed.size()) {
                checkSame(broker, entry);
            } else if (leads) {
                commit(broker, entry);
            } else {
                throw Oracle.broken(
                        "committed entries never change",
                        "shard %d: follower %d says %s is committed, its leader did not",
                        shardId,
                        broker.id(),
                        entry);
            }
        }
        if (leads && until > from) {
            checkInSync(cluster.oracle.newestImage());
        }
    }

    private void checkSame(SimBroker broker, LogEntry entry) {
        LogEntry known = committed.get((int) entry.lsn());
        if (!known.sameAs(entry)) {
            throw Oracle.broken(
                    "committed entries never change",
                    "shard %d: broker %d has %s for %s",
                    shardId,
                    broker.id(),
                    entry,
                    known);
        }
    }

    private void commit(SimBroker broker, LogEntry entry) {
        committed.add(entry);
        cluster.trace.log("shard %d: broker %d commits %s", shardId, broker.id(), entry);
        if (entry.type() == EntryType.LOG_START) {
            PartitionOracle of = partitions.computeIfAbsent(entry.partition(), p -> new PartitionOracle());
            of.logStart = Math.max(of.logStart, entry.offset());
        }
        if (!entry.isBatch()) {
            return;
        }
        PartitionOracle of = partitions.computeIfAbsent(entry.partition(), p -> new PartitionOracle());
        if (entry.offset() != of.nextOffset) {
            throw Oracle.broken(
                    "no offset is given out twice",
                    "shard %d: broker %d commits %s where offset %d is next",
                    shardId,
                    broker.id(),
                    entry,
                    of.nextOffset);
        }
        of.nextOffset = entry.lastOffset() + 1;
        of.byOffset.put(entry.offset(), entry);
        long producer = BatchHeader.producerId(entry.payload(), 0);
        int sequence = BatchHeader.baseSequence(entry.payload(), 0);
        int expected = of.nextSequence.getOrDefault(producer, 0);
        if (sequence != expected) {
            throw Oracle.broken(
                    "each record is written once, in order",
                    "shard %d: broker %d commits %s where sequence %d is next",
                    shardId,
                    broker.id(),
                    entry,
                    expected);
        }
        of.nextSequence.put(producer, BatchHeader.lastSequence(entry.payload(), 0) + 1);
    }

    /** Every member of the in-sync set that has its whole log has every committed entry. */
    void checkInSync(ClusterImage image) {
        if (committed.isEmpty() || lost) {
            return;
        }
        ShardImage shard = image.shard(shardId).orElseThrow();
        LogEntry last = committed.get(committed.size() - 1);
        for (int member : shard.isr()) {
            ShardDisk disk = cluster.machine(member).disk(shardId);
            if (!cluster.oracle.intact(member) || disk.damaged()) {
                continue;
            }
            List<LogEntry> log = disk.live();
            if (log.size() < committed.size() || !log.get((int) last.lsn()).sameAs(last)) {
                throw Oracle.broken(
                        "in-sync replicas have what is committed",
                        "shard %d: broker %d has %s, committed is %s; %s",
                        shardId,
                        member,
                        log.size() < committed.size() ? log.size() + " entries" : log.get((int) last.lsn()),
                        last,
                        shard);
            }
        }
    }

    /** A producer was told that its batch is safe. */
    void onAcknowledged(int partition, long producer, int sequence, long offset) {
        if (lost) {
            return;
        }
        PartitionOracle of = partitions.get(partition);
        if (offset < 0 && of != null && of.nextSequence.getOrDefault(producer, 0) > sequence) {
            return; // a repetition of what is committed, at an offset that the leader did not look for any more
        }
        LogEntry entry = of == null ? null : of.byOffset.get(offset);
        if (entry == null
                || BatchHeader.producerId(entry.payload(), 0) != producer
                || BatchHeader.baseSequence(entry.payload(), 0) != sequence) {
            throw Oracle.broken(
                    "acknowledged writes are safe",
                    "shard %d p%d: producer %d was told that sequence %d is at offset %d, where there is %s",
                    shardId,
                    partition,
                    producer,
                    sequence,
                    offset,
                    entry);
        }
    }

    /** A leader tells a consumer from where on there are records. */
    void onLogStart(SimBroker broker, int partition, long logStart) {
        PartitionOracle of = partitions.get(partition);
        if (!lost && logStart > (of == null ? 0 : of.logStart)) {
            throw Oracle.broken(
                    "records are deleted by what is committed",
                    "shard %d p%d: leader %d says %d, committed is %d",
                    shardId,
                    partition,
                    broker.id(),
                    logStart,
                    of == null ? 0 : of.logStart);
        }
    }

    /** A leader tells a consumer how far it may read. */
    void onHighWatermark(SimBroker broker, int epoch, int partition, long highWatermark) {
        if (lost) {
            return;
        }
        PartitionOracle of = partitions.computeIfAbsent(partition, p -> new PartitionOracle());
        Long before = of.highWatermarks.put(broker.instance() << 32 | epoch, highWatermark);
        if (before != null && highWatermark < before) {
            throw Oracle.broken(
                    "high watermarks never go back",
                    "shard %d p%d: leader %d in epoch %d says %d after %d",
                    shardId,
                    partition,
                    broker.id(),
                    epoch,
                    highWatermark,
                    before);
        }
        if (highWatermark > of.nextOffset) {
            throw Oracle.broken(
                    "consumers see committed records only",
                    "shard %d p%d: leader %d says %d, committed is up to %d",
                    shardId,
                    partition,
                    broker.id(),
                    highWatermark,
                    of.nextOffset);
        }
    }

    /** A consumer got a batch. */
    void onRead(LogEntry entry) {
        if (lost) {
            return;
        }
        if (entry.lsn() >= committed.size() || !committed.get((int) entry.lsn()).sameAs(entry)) {
            throw Oracle.broken(
                    "consumers see committed records only",
                    "shard %d: %s was read, committed is %s",
                    shardId,
                    entry,
                    entry.lsn() < committed.size() ? committed.get((int) entry.lsn()) : "nothing there");
        }
    }
}
