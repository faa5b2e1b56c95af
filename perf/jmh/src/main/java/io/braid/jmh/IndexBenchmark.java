package io.braid.jmh;

import io.braid.log.index.ActiveIndex;
import io.braid.log.index.ActiveIndexView;
import io.braid.log.index.BatchLocation;
import io.braid.log.index.IndexSnapshot;
import io.braid.log.index.SegmentIndex;
import io.braid.log.index.SegmentIndexBuilder;
import io.braid.log.index.SegmentInfo;
import io.braid.log.table.PartitionTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** The index of a segment with 100 batches in each of 1,000 partitions: in memory while it is written, then in a file. */
@State(Scope.Thread)
public class IndexBenchmark {
    private static final int PARTITIONS = 1_000;
    private static final int BATCHES = 100;

    private PartitionTable partitions;
    private ActiveIndex index;
    private ActiveIndexView view;
    private PartitionTable grown;
    private ActiveIndex growing;
    private int inserted;
    private Path file;
    private SegmentIndex sealed;
    private PartitionTable sealedPartitions;
    private IndexSnapshot sealedSnapshot;
    private int next;

    @Setup(Level.Iteration)
    public void fill() throws IOException {
        partitions = table();
        index = new ActiveIndex(0);
        SegmentIndexBuilder builder = new SegmentIndexBuilder(0, (msb, lsb, partition) -> -1);
        int position = 0;
        for (int offset = 0; offset < BATCHES; offset++) {
            for (int row = 0; row < PARTITIONS; row++) {
                index.add(partitions, row, offset, 0, position, 1000, 0, offset);
                builder.add(1, 2, row, offset, 0, position, 1000, 0, offset);
                position += 1000;
            }
        }
        view = index.view();
        beginGrowing();
        file = Files.createTempFile("braid-jmh-", ".index");
        builder.write(file, new SegmentInfo(0, 0, 0, PARTITIONS * BATCHES, position, 0), segment -> Optional.empty());
        sealed = SegmentIndex.open(file);
        sealedPartitions = table();
        for (int row = 0; row < PARTITIONS; row++) {
            sealedPartitions.setNewest(row, 0, -1);
        }
        Optional<SegmentIndex> found = Optional.of(sealed);
        sealedSnapshot = new IndexSnapshot(List.of(), segment -> found);
    }

    private static PartitionTable table() {
        PartitionTable table = new PartitionTable();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            table.findOrAdd(1, 2, partition);
        }
        return table;
    }

    private void beginGrowing() {
        grown = table();
        growing = new ActiveIndex(0);
    }

    @TearDown(Level.Iteration)
    public void close() throws IOException {
        sealed.close();
        Files.delete(file);
    }

    private int nextPartition() {
        next = (next + 7) % PARTITIONS;
        return next;
    }

    @Benchmark
    public int findPartition() {
        return partitions.find(1, 2, nextPartition());
    }

    @Benchmark
    public int insert() {
        if (growing.isFull()) {
            beginGrowing();
        }
        return growing.add(grown, nextPartition(), inserted++, 0, 1000L * growing.rows(), 1000, 0, inserted);
    }

    @Benchmark
    public int lookUpInMemory() {
        int row = nextPartition();
        return view.floor(partitions.newestActiveRow(row), row % BATCHES);
    }

    @Benchmark
    public long lookUpInFile() throws IOException {
        int row = nextPartition();
        return sealedSnapshot
                .of(sealedPartitions, row)
                .floor(row % BATCHES)
                .map(BatchLocation::position)
                .orElseThrow();
    }
}
