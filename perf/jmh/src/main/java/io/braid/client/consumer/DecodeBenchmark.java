package io.braid.client.consumer;

import io.braid.jmh.Batches;
import java.nio.ByteBuffer;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Our consumer's way of a fetched batch of 16 records of 1 KB: walked, checked, and read record by record. */
@State(Scope.Thread)
public class DecodeBenchmark {
    private final ByteBuffer batch = Batches.idempotent(16, 1000);
    private final AssignedPartition partition = new AssignedPartition(new AssignedTopic("orders"), 3);
    private final Frame frame = new Frame(batch.remaining(), () -> {});

    /** The operation is the batch. What the user's objects take is not counted: they are null. */
    @Benchmark
    public long sixteenRecords() {
        ByteBuffer view = batch.duplicate();
        Chunk chunk = new Chunk(partition, 0, BatchWalk.end(view, 0), view, List.of(), frame);
        RecordReader reader = new RecordReader(chunk, true, true);
        long offsets = 0;
        while (reader.next()) {
            offsets += reader.record(Deserializer.none(), Deserializer.none()).offset();
        }
        return offsets;
    }
}
