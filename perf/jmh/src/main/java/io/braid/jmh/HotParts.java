package io.braid.jmh;

import io.braid.broker.fetch.FetchAnswerBenchmark;
import io.braid.broker.group.HeartbeatBenchmark;
import io.braid.broker.produce.ProduceCheckBenchmark;
import io.braid.broker.shard.ShardAppendBenchmark;
import io.braid.client.consumer.DecodeBenchmark;
import io.braid.client.producer.AccumulatorBenchmark;
import io.braid.protocol.network.FrameBenchmark;
import java.util.List;

/** The benchmarks whose allocations are held to a baseline. */
final class HotParts {
    static final List<Class<?>> BENCHMARKS = List.of(
            FrameBenchmark.class,
            BatchHeaderBenchmark.class,
            ProduceCheckBenchmark.class,
            ShardAppendBenchmark.class,
            LogBenchmark.class,
            IndexBenchmark.class,
            FetchAnswerBenchmark.class,
            HeartbeatBenchmark.class,
            RoutingBenchmark.class,
            AccumulatorBenchmark.class,
            DecodeBenchmark.class);

    private HotParts() {}
}
