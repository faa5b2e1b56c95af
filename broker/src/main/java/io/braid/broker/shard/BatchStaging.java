package io.braid.broker.shard;

import io.braid.log.EntryBatch;
import io.braid.log.table.PartitionTable;
import io.braid.log.table.ProducerTable;
import io.braid.protocol.records.BatchHeader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.agrona.collections.IntHashSet;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;

/**
 * Batches that a leader has checked and given offsets, and that wait to be appended as one document. Owned by the shard thread.
 */
final class BatchStaging {
    /** Kafka's clients take it for success without an offset, as they do with DUPLICATE_SEQUENCE_NUMBER. */
    private static final long UNKNOWN_OFFSET = -1;

    private final ShardStore store;
    private final EntryBatch entries = new EntryBatch();
    private final IntHashSet rows = new IntHashSet();
    private final List<PartitionAppend> appends = new ArrayList<>();

    BatchStaging(ShardStore store) {
        this.store = store;
    }

    /** For appending; batches are its last entries. */
    EntryBatch entries() {
        return entries;
    }

    boolean isEmpty() {
        return entries.size() == 0;
    }

    /** The batches staged, or appended last until {@link #forget}. */
    List<PartitionAppend> appends() {
        return appends;
    }

    /** True when the partition has a batch staged: offsets and sequences of the next follow from it. */
    boolean has(int row) {
        return rows.contains(row);
    }

    /** Checks the sequence of one batch and stages it, with its base offset and leader epoch set in place. */
    void stage(PartitionAppend append, int leaderEpoch) {
        PartitionTable partitions = store.partitions();
        Uuid id = append.topicId();
        int row = partitions.findOrAdd(id.getMostSignificantBits(), id.getLeastSignificantBits(), append.partition());
        if (BatchHeader.producerId(append.batch(), append.batch().position()) >= 0 && !inSequence(append, row)) {
            return;
        }
        if (isEmpty()) {
            startEpochIfNew(leaderEpoch);
        }
        long offset = partitions.nextOffset(row);
        BatchHeader.setBaseOffset(append.batch(), append.batch().position(), offset);
        BatchHeader.setLeaderEpoch(append.batch(), append.batch().position(), leaderEpoch);
        entries.addBatch(row, leaderEpoch, append.batch());
        rows.add(row);
        appends.add(append);
        append.staged(row, offset, partitions.logStartOffset(row));
    }

    /** Adds the start of an epoch unless the log has it. */
    void startEpochIfNew(int leaderEpoch) {
        if (store.epochs().latestEpoch() < leaderEpoch) {
            entries.addEpochStart(leaderEpoch);
        }
    }

    /** The entries were appended, or not; the appends stay until {@link #forget}. */
    void entriesDone() {
        entries.clear();
        rows.clear();
    }

    void forget() {
        appends.clear();
    }

    /** Gives up what is staged. */
    void fail(Errors error, String message) {
        for (PartitionAppend append : appends) {
            append.fail(error, message);
        }
        forget();
        entriesDone();
    }

    // ---- producers' sequences

    private boolean inSequence(PartitionAppend append, int row) {
        int at = append.batch().position();
        long producerId = BatchHeader.producerId(append.batch(), at);
        ProducerTable producers = store.producers();
        int known = producers.find(row, producerId);
        int firstSequence = BatchHeader.baseSequence(append.batch(), at);
        if (known < 0) {
            if (firstSequence != 0) {
                unknownProducer(append, row, producerId, firstSequence);
            }
            return firstSequence == 0;
        }
        short epoch = BatchHeader.producerEpoch(append.batch(), at);
        int records = BatchHeader.lastOffsetDelta(append.batch(), at) + 1;
        int lastRecords = producers.lastOffsetDelta(known) + 1;
        switch (SequenceCheck.check(
                producers.epoch(known), producers.lastSequence(known), lastRecords, epoch, firstSequence, records)) {
            case IN_ORDER:
                return true;
            case DUPLICATE_OF_LAST:
                duplicate(append, row, producers.lastOffset(known) - records + 1);
                return false;
            case MAYBE_EARLIER:
                findEarlier(
                        append, row, producerId, epoch, firstSequence, SequenceCheck.next(firstSequence, records - 1));
                return false;
            case FENCED:
                append.fail(
                        Errors.INVALID_PRODUCER_EPOCH,
                        "producer " + producerId + " epoch " + epoch + " is fenced by epoch " + producers.epoch(known));
                return false;
            case OUT_OF_ORDER:
            default:
                outOfOrder(append, producerId, firstSequence, producers.lastSequence(known));
                return false;
        }
    }

    private void findEarlier(
            PartitionAppend append, int row, long producerId, short epoch, int firstSequence, int lastSequence) {
        try {
            int known = store.producers().find(row, producerId);
            OptionalLong original = store.findBatch(
                    row,
                    producerId,
                    epoch,
                    firstSequence,
                    lastSequence,
                    store.producers().lastOffset(known));
            int newest = store.producers().lastSequence(known);
            if (original.isPresent()) {
                duplicate(append, row, original.getAsLong());
            } else if (SequenceCheck.wasJustBefore(lastSequence, newest)) {
                // It was appended, longer ago than is looked for: a success, at an offset not known here.
                duplicate(append, row, UNKNOWN_OFFSET);
            } else {
                outOfOrder(append, producerId, firstSequence, newest);
            }
        } catch (IOException e) {
            append.fail(Errors.KAFKA_STORAGE_ERROR, e.getMessage());
        }
    }

    /** The original may not be committed yet, so the answer waits for everything appended so far. */
    private void duplicate(PartitionAppend append, int row, long baseOffset) {
        append.staged(row, baseOffset, store.partitions().logStartOffset(row));
        append.appended(store.nextLsn());
    }

    /**
     * A producer begins with sequence 0, so what is before this batch was refused, lost with an earlier leader, or its
     * producer forgotten. Were the batch taken (as Kafka does), the batch before it, when it comes again, would look
     * like a repetition of something that is here. Clients take a new epoch upon this error and send again, if they
     * are told where the log starts.
     */
    private void unknownProducer(PartitionAppend append, int row, long producerId, int sequence) {
        append.staged(row, UNKNOWN_OFFSET, store.partitions().logStartOffset(row));
        append.fail(
                Errors.UNKNOWN_PRODUCER_ID,
                "producer " + producerId + " is not known here and sent sequence " + sequence + ", not 0");
    }

    private static void outOfOrder(PartitionAppend append, long producerId, int sequence, int last) {
        append.fail(
                Errors.OUT_OF_ORDER_SEQUENCE_NUMBER,
                "producer " + producerId + " sent sequence " + sequence + " after " + last);
    }
}
