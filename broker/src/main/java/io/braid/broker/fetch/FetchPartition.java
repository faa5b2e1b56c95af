package io.braid.broker.fetch;

import io.braid.broker.shard.FetchInterest;
import io.braid.broker.shard.PartitionSnapshot;
import io.braid.protocol.records.FetchedRecords;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;

/**
 * One partition of a fetch session: where the client reads, what it was told last, and what the current round found.
 *
 * <p>Owned by the connection's event loop; {@link #onData} and {@link #onChange} come from the shard thread.
 */
final class FetchPartition implements FetchInterest {
    /** Counts as enough bytes to end any wait. */
    private static final int AT_ONCE = 1 << 30;

    static final int NO_SHARD = -1;

    private final FetchSession session;
    private final FetchKey key;
    private final AtomicBoolean signalled = new AtomicBoolean();

    // What the client asked for.
    private long fetchOffset;
    private int maxBytes;
    private int currentLeaderEpoch = -1;
    private int lastFetchedEpoch = -1;

    // What the client was told last; a session omits partitions without news.
    private long sentHighWatermark = -1;
    private long sentLogStart = -1;

    private boolean inReadyList;
    private int interestShard = NO_SHARD;

    // What the current round found.
    private Uuid topicId = Uuid.ZERO_UUID;
    private int shardId = NO_SHARD;
    private Errors error = Errors.NONE;
    private PartitionSnapshot snapshot;
    private int preferredReplica = ReplicaSelector.LEADER;
    private FetchedRecords records = FetchedRecords.EMPTY;

    FetchPartition(FetchSession session, FetchKey key) {
        this.session = session;
        this.key = key;
    }

    FetchKey key() {
        return key;
    }

    /** The client's wishes, from a request that names the partition. */
    void ask(long offset, int maximumBytes, int leaderEpoch, int fetchedEpoch) {
        fetchOffset = offset;
        maxBytes = maximumBytes;
        currentLeaderEpoch = leaderEpoch;
        lastFetchedEpoch = fetchedEpoch;
    }

    long fetchOffset() {
        return fetchOffset;
    }

    int maxBytes() {
        return maxBytes;
    }

    int currentLeaderEpoch() {
        return currentLeaderEpoch;
    }

    int lastFetchedEpoch() {
        return lastFetchedEpoch;
    }

    // ---- readiness

    boolean inReadyList() {
        return inReadyList;
    }

    void inReadyList(boolean is) {
        inReadyList = is;
    }

    /** Before a look at the shard: data that comes after it signals anew. */
    void armSignal() {
        signalled.set(false);
    }

    @Override
    public void onData(int bytes) {
        session.signal(signalled.compareAndSet(false, true) ? this : null, bytes);
    }

    @Override
    public void onChange() {
        onData(AT_ONCE);
    }

    int interestShard() {
        return interestShard;
    }

    void interestShard(int shard) {
        interestShard = shard;
    }

    // ---- one round

    /** Begins a round: where the partition is now, or why it is nowhere. */
    void locate(Uuid id, int shard, Errors why) {
        topicId = id;
        shardId = shard;
        error = why;
        snapshot = null;
        preferredReplica = ReplicaSelector.LEADER;
    }

    /** The client is to read elsewhere from now on; it gets no records here. */
    void prefer(int replica) {
        preferredReplica = replica;
    }

    int preferredReplica() {
        return preferredReplica;
    }

    /** The shard's answer. Shard thread, before the round evaluates. */
    void found(PartitionSnapshot answer) {
        snapshot = answer;
        error = answer.check(fetchOffset);
    }

    void fail(Errors why) {
        error = why;
    }

    Uuid topicId() {
        return topicId;
    }

    int shardId() {
        return shardId;
    }

    Errors error() {
        return error;
    }

    /** Null when the partition was not found. */
    PartitionSnapshot snapshot() {
        return snapshot;
    }

    boolean hasDataToRead() {
        return error == Errors.NONE
                && preferredReplica == ReplicaSelector.LEADER
                && snapshot.view().isPresent()
                && fetchOffset < snapshot.highWatermark();
    }

    FetchedRecords records() {
        return records;
    }

    void records(FetchedRecords found) {
        records = found;
    }

    /** Gives the records away, to a response or to be released. */
    FetchedRecords takeRecords() {
        FetchedRecords taken = records;
        records = FetchedRecords.EMPTY;
        return taken;
    }

    /** Whether an incremental response must name the partition although it brings no records. */
    boolean hasNews() {
        return error != Errors.NONE
                || preferredReplica != ReplicaSelector.LEADER
                || snapshot.highWatermark() != sentHighWatermark
                || snapshot.logStartOffset() != sentLogStart;
    }

    void told() {
        if (snapshot != null && error == Errors.NONE) {
            sentHighWatermark = snapshot.highWatermark();
            sentLogStart = snapshot.logStartOffset();
        }
    }
}
