package io.braid.client.producer;

import java.util.Optional;

/**
 * Where records are written: runs of bytes in chunks that all partitions of a broker share, and the count of what records cost
 * besides. Guarded by the producer's lock.
 */
final class RecordSpace {
    private static final int MAX_RUN_BYTES = 16 << 10;

    private final BufferPool pool;
    private final int batchBytes;

    /** @param batchBytes a batch's runs do not grow beyond it, unless a single record does */
    RecordSpace(BufferPool pool, int batchBytes) {
        this.pool = pool;
        this.batchBytes = batchBytes;
    }

    /** The first run of a batch, of just the size; null when there is no memory. */
    Run first(Lane lane, int size) {
        return newRun(lane, size, size);
    }

    /** A run of the batch with room for one more record, the last one or a new one; null when there is no memory. */
    Run next(Lane lane, Batch batch, int size) {
        Run run = batch.last;
        if (run.limit - run.end >= size) {
            return run;
        }
        if (run.chunk == lane.chunk && run.limit == run.chunk.used()) {
            int missing = size - (run.limit - run.end);
            if (missing <= run.chunk.room()) {
                run.chunk.take(missing);
                run.limit += missing;
                return run;
            }
        }
        int wanted = Math.max(size, Math.min(Math.min(batch.bytes, MAX_RUN_BYTES), batchBytes - batch.bytes));
        Run more = newRun(lane, size, wanted);
        if (more != null) {
            run.next = more;
            batch.last = more;
        }
        return more;
    }

    private Run newRun(Lane lane, int needed, int wanted) {
        if (lane.chunk == null || lane.chunk.room() < needed) {
            Optional<Chunk> chunk = pool.chunk(needed);
            if (chunk.isEmpty()) {
                return null;
            }
            leave(lane);
            lane.chunk = chunk.get();
        }
        int size = Math.min(wanted, lane.chunk.room());
        return new Run(lane.chunk, lane.chunk.take(size), size);
    }

    /** Ends the writing into a lane's chunk, which is free once no batch has runs in it. */
    void leave(Lane lane) {
        if (lane.chunk != null) {
            pool.unpin(lane.chunk);
            lane.chunk = null;
        }
    }

    /** Counts bytes on the heap; false when there is no memory. */
    boolean charge(int bytes) {
        return pool.charge(bytes);
    }

    void uncharge(int bytes) {
        pool.uncharge(bytes);
    }

    BatchSplit.Halves halve(Batch batch, int headerBytes) {
        return BatchSplit.halve(batch, pool, headerBytes);
    }

    /** Gives back all that a batch holds. */
    void release(Batch batch) {
        for (Run run = batch.first; run != null; run = run.next) {
            pool.unpin(run.chunk);
        }
        pool.uncharge(batch.chargedBytes);
        batch.chargedBytes = 0;
        if (batch.compressed != null) {
            batch.compressed.release();
            batch.compressed = null;
        }
    }

    long usedBytes() {
        return pool.usedBytes();
    }

    void close() {
        pool.close();
    }
}
