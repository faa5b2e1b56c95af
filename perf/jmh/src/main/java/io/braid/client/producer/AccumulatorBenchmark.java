package io.braid.client.producer;

import io.braid.client.routing.BrokerNode;
import io.braid.client.routing.PlacedTopic;
import io.braid.client.routing.RoutingTable;
import io.braid.client.routing.ShardTable;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Our producer's way of a record of 1 KB without the socket: appended, drained with others into a request, acknowledged. The
 * operation is one record; every {@value #REQUEST} of them are one request.
 */
@State(Scope.Thread)
public class AccumulatorBenchmark {
    private static final int REQUEST = 512;
    private static final int FEW = 16;
    private static final int MANY = 10_000;
    private static final int BROKER = 1;

    private final byte[] key = new byte[16];
    private final byte[] value = new byte[1_000];
    private final Object listener = new Object();
    private Accumulator accumulator;
    private TopicState topic;
    private int appended;
    private long nowNs;
    private long offset;

    @Setup(Level.Iteration)
    public void open() {
        AccumulatorSettings settings =
                new AccumulatorSettings(64 << 10, 1 << 20, 5_000_000, true, 120_000_000_000L, 5, 1, 1);
        BufferPool pool = new BufferPool(PooledByteBufAllocator.DEFAULT, 32 << 20, 256 << 10);
        accumulator = new Accumulator(settings, pool, bound -> 0);
        RoutingTable table = table();
        topic = accumulator.newTopic(table.topic("t").orElseThrow());
        accumulator.reroute(table);
        accumulator.identity(new ProducerIdentity(7, (short) 0));
    }

    private static RoutingTable table() {
        PlacedTopic placed = new PlacedTopic("t", new Uuid(1, 2), MANY, List.of(new PlacedTopic.Rule(0, 0, 0, 1, FEW)));
        List<ShardTable.Entry> shards = new ArrayList<>();
        for (int shard = 0; shard < FEW; shard++) {
            shards.add(new ShardTable.Entry(shard, BROKER, 0));
        }
        return RoutingTable.EMPTY.with(new RoutingTable.Delta(
                1,
                true,
                "c",
                List.of(new BrokerNode(BROKER, "127.0.0.1", 9092, "")),
                shards,
                List.of(placed),
                List.of()));
    }

    @TearDown(Level.Iteration)
    public void close() {
        drainAndAcknowledge();
        accumulator.close();
    }

    @Benchmark
    public long sixteenPartitions() {
        return append(appended % FEW);
    }

    /** Each record is its partition's only one in the request. */
    @Benchmark
    public long tenThousandPartitions() {
        return append((int) (appended * 7_919L % MANY));
    }

    private long append(int partition) {
        Accumulator.Appended done = accumulator.append(topic, partition, 1, key, value, List.of(), listener, nowNs++);
        if (done == Accumulator.Appended.NO_MEMORY) {
            throw new IllegalStateException("no memory");
        }
        if (++appended % REQUEST == 0) {
            drainAndAcknowledge();
        }
        return offset;
    }

    private void drainAndAcknowledge() {
        accumulator.flush();
        while (accumulator.hasUnfinished()) {
            for (Lane lane : accumulator.lanes()) {
                List<Batch> request = accumulator.drain(lane, nowNs);
                if (!request.isEmpty()) {
                    accumulator.requestDone(lane);
                    request.forEach(batch -> accumulator.succeeded(batch, offset++, -1, nowNs));
                }
            }
        }
        accumulator.takeFinished();
    }
}
