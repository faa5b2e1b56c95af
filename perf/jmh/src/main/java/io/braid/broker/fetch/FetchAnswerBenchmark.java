package io.braid.broker.fetch;

import io.braid.broker.shard.PartitionSnapshot;
import io.braid.jmh.Batches;
import io.braid.jmh.TemporaryLog;
import io.braid.log.LogDirectoryException;
import io.braid.protocol.Api;
import io.braid.protocol.ApiCatalog;
import io.braid.protocol.MessageEncoder;
import io.braid.protocol.records.FetchedRecords;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * A fetch of a session whose ready partitions each have a batch of 1 KB: take them, look at the shard, read, encode. Without
 * the hops between threads.
 */
@State(Scope.Thread)
public class FetchAnswerBenchmark {
    private static final int PARTITIONS = 16;
    private static final int BATCHES = 32;
    private static final short VERSION = 17;
    private static final Uuid TOPIC = new Uuid(TemporaryLog.TOPIC_MSB, TemporaryLog.TOPIC_LSB);

    private final Api api = ApiCatalog.builder()
            .kafka(ApiKeys.FETCH)
            .build()
            .api(ApiKeys.FETCH.id)
            .orElseThrow();
    private final MessageEncoder encoder = new MessageEncoder();
    private final FetchBudget budget = new FetchBudget(1 << 30);
    private final FetchKey[] keys = new FetchKey[PARTITIONS];
    private TemporaryLog temporary;
    private FetchSession session;

    @Setup(Level.Iteration)
    public void open() throws IOException, LogDirectoryException {
        temporary = new TemporaryLog();
        ByteBuffer batch = Batches.idempotent(1, 1000);
        for (int i = 0; i < BATCHES * PARTITIONS; i++) {
            temporary.append(i % PARTITIONS, batch);
            Batches.advanceSequence(batch);
        }
        session = new FetchSession(1, Runnable::run);
        for (int partition = 0; partition < PARTITIONS; partition++) {
            keys[partition] = new FetchKey(TOPIC, "", partition);
        }
    }

    @TearDown(Level.Iteration)
    public void close() throws IOException {
        temporary.close();
    }

    @Benchmark
    public long onePartition() {
        return answer(1);
    }

    /** The operation is the whole answer. */
    @Benchmark
    public long sixteenPartitions() {
        return answer(PARTITIONS);
    }

    private long answer(int partitions) {
        for (int i = 0; i < partitions; i++) {
            session.ask(keys[i]).ask(BATCHES / 2, 1, -1, -1);
        }
        List<FetchPartition> ready = session.takeReady();
        for (FetchPartition p : ready) {
            p.locate(TOPIC, 0, Errors.NONE);
            p.found(look(p.key().partition()));
        }
        if (!FetchReading.allHot(ready)) {
            throw new IllegalStateException("what was just appended is not in memory");
        }
        FetchReading.read(ready, 1 << 20, ByteBufAllocator.DEFAULT, budget);
        encoder.encodeResponse(ByteBufAllocator.DEFAULT, api, VERSION, 5, response(ready));
        for (Object piece : encoder.pieces()) {
            release(piece);
        }
        encoder.pieces().clear();
        return encoder.sizeBytes();
    }

    private PartitionSnapshot look(int partition) {
        int row = temporary.row(partition);
        return new PartitionSnapshot(
                Errors.NONE,
                0,
                0,
                temporary.log().partitions().nextOffset(row),
                true,
                true,
                Optional.of(temporary.log().view(row)));
    }

    private FetchResponseData response(List<FetchPartition> ready) {
        FetchResponseData.FetchableTopicResponse topic =
                new FetchResponseData.FetchableTopicResponse().setTopicId(TOPIC);
        for (FetchPartition p : ready) {
            topic.partitions()
                    .add(new FetchResponseData.PartitionData()
                            .setPartitionIndex(p.key().partition())
                            .setHighWatermark(p.snapshot().highWatermark())
                            .setRecords(p.takeRecords()));
            p.told();
        }
        FetchResponseData response = new FetchResponseData().setSessionId(session.id());
        response.responses().add(topic);
        return response;
    }

    private static void release(Object piece) {
        if (piece instanceof ByteBuf bytes) {
            bytes.release();
        } else {
            ((FetchedRecords.Part) piece).release();
        }
    }
}
