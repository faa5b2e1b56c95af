package io.braid.jmh;

import io.braid.log.LogDirectoryException;
import io.braid.log.PartitionView;
import io.braid.protocol.records.FetchedRecords;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A batch of one record of 1 KB into the shared log, and out of its page cache. */
@State(Scope.Thread)
public class LogBenchmark {
    private static final int PARTITIONS = 16;
    private static final int STORED = 1_000;

    private final ByteBuffer batch = Batches.idempotent(1, 1000);
    private TemporaryLog temporary;
    private int next;

    @Setup(Level.Iteration)
    public void open() throws IOException, LogDirectoryException {
        temporary = new TemporaryLog();
        for (int i = 0; i < STORED; i++) {
            append();
        }
    }

    @TearDown(Level.Iteration)
    public void close() throws IOException {
        temporary.close();
    }

    @Benchmark
    public long append() throws IOException {
        Batches.advanceSequence(batch);
        next = (next + 1) % PARTITIONS;
        return temporary.append(next, batch);
    }

    @Benchmark
    public long read() throws IOException {
        next = (next + 1) % PARTITIONS;
        PartitionView view = temporary.log().view(temporary.row(next));
        FetchedRecords records = view.read(STORED / PARTITIONS / 2, 1, true, Long.MAX_VALUE, ByteBufAllocator.DEFAULT);
        int bytes = records.sizeInBytes();
        records.release();
        return bytes;
    }
}
