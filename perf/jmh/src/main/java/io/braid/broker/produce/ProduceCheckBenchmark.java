package io.braid.broker.produce;

import io.braid.broker.shard.PartitionAppend;
import io.braid.jmh.Batches;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What an event loop does with one partition of a produce request: 16 records of 1 KB checked, and made an append. */
@State(Scope.Thread)
public class ProduceCheckBenchmark {
    private static final BatchRules RULES = new BatchRules(1 << 20, false, Long.MAX_VALUE, 3_600_000, false, null);

    private final TopicRules.Settings settings = new TopicRules.Settings(RULES, 1);
    private final Uuid topic = new Uuid(1, 2);
    private final ProduceRequestData.PartitionProduceData sent = new ProduceRequestData.PartitionProduceData()
            .setIndex(3)
            .setRecords(MemoryRecords.readableRecords(Batches.idempotent(16, 1000)));

    @Benchmark
    public PartitionAppend check() {
        PartitionProduce partition = new PartitionProduce(sent);
        partition.goesTo(topic, 1, settings);
        if (!partition.mustUnpack()) {
            partition.check(true, 1_700_000_000_000L);
        }
        return partition.append();
    }
}
