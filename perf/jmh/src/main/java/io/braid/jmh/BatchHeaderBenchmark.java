package io.braid.jmh;

import io.braid.protocol.records.BatchHeader;
import java.nio.ByteBuffer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What is read of a batch of 16 KB before it is appended, and again when a log is replayed. */
@State(Scope.Thread)
public class BatchHeaderBenchmark {
    private final ByteBuffer batch = Batches.idempotent(16, 1000);

    @Benchmark
    public long fields() {
        return BatchHeader.sizeInBytes(batch, 0)
                + BatchHeader.lastOffset(batch, 0)
                + BatchHeader.leaderEpoch(batch, 0)
                + BatchHeader.maxTimestamp(batch, 0)
                + BatchHeader.producerId(batch, 0)
                + BatchHeader.lastSequence(batch, 0);
    }

    @Benchmark
    public boolean crc() {
        return BatchHeader.verifyCrc(batch, 0, batch.remaining());
    }
}
