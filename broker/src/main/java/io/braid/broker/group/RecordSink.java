package io.braid.broker.group;

import io.braid.controller.MalformedException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.errors.CorruptRecordException;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.utils.Utils;

/**
 * Takes the batches of a partition that is being loaded, reads the records on the thread that reads the log, and passes
 * them on to be applied. A few portions are on their way at a time; the reader waits for the rest to be applied.
 */
final class RecordSink implements CoordinatorLog.Sink {
    private static final int PORTIONS_ON_THEIR_WAY = 4;
    private static final long WAIT_S = 30;

    /** Where the records go. Called by the reading thread. */
    interface Target {
        /** Applies records, later and in order, then runs {@code applied}; false when that is impossible. */
        boolean apply(List<GroupRecord> records, Runnable applied);

        void end(long logStartOffset, long nextOffset, long count);

        void failed(Errors error, String why);
    }

    private final RecordCodec codec;
    private final Target target;
    private final Semaphore portions = new Semaphore(PORTIONS_ON_THEIR_WAY);
    private long count;
    private boolean failed;

    RecordSink(RecordCodec codec, Target target) {
        this.codec = codec;
        this.target = target;
    }

    @Override
    public boolean batches(ByteBuffer batches) {
        try {
            List<GroupRecord> records = new ArrayList<>();
            for (MutableRecordBatch batch :
                    MemoryRecords.readableRecords(batches).batches()) {
                for (Record record : batch) {
                    records.add(codec.read(
                            Utils.toArray(record.key()), record.hasValue() ? Utils.toArray(record.value()) : null));
                }
            }
            count += records.size();
            if (!portions.tryAcquire(WAIT_S, TimeUnit.SECONDS) || !target.apply(records, portions::release)) {
                fail(Errors.COORDINATOR_LOAD_IN_PROGRESS, "the partition's thread does not keep up");
            }
        } catch (MalformedException | CorruptRecordException e) {
            fail(Errors.CORRUPT_MESSAGE, e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            fail(Errors.COORDINATOR_LOAD_IN_PROGRESS, "interrupted");
        }
        return !failed;
    }

    @Override
    public void end(long logStartOffset, long nextOffset) {
        if (!failed) {
            target.end(logStartOffset, nextOffset, count);
        }
    }

    @Override
    public void failed(Errors error) {
        fail(error, "the log could not be read");
    }

    private void fail(Errors error, String why) {
        if (!failed) {
            failed = true;
            target.failed(error, why);
        }
    }
}
