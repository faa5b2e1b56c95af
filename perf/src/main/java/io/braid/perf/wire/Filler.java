package io.braid.perf.wire;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;

/**
 * Writes one record to each partition of some topics, and again, a batch each and very many batches a request. A partition is always written
 * over the same connection, so that its records come in order. Blocks; the work runs on a thread for each connection.
 */
public final class Filler {
    /** The last version that names topics. */
    private static final short VERSION = 12;

    private static final int TIMEOUT_MS = 60_000;

    private final InetSocketAddress address;
    private final FillPlan plan;

    /** @param address of the broker that leads all of them */
    public Filler(InetSocketAddress address, FillPlan plan) {
        this.address = address;
        this.plan = plan;
    }

    /**
     * Writes the records of these rounds to every partition; what a producer wrote already comes back as a duplicate, and is good.
     *
     * @param fromRound first sequence, and first offset where nobody else writes
     * @param rounds how many
     * @throws IOException the node refused a batch or gave it another offset
     */
    public void fill(int fromRound, int rounds) throws IOException, InterruptedException {
        ExecutorService threads = Executors.newFixedThreadPool(plan.connections());
        try {
            List<Future<Void>> done = new ArrayList<>();
            for (int i = 0; i < plan.connections(); i++) {
                int connection = i;
                Callable<Void> work = () -> {
                    fillOver(connection, fromRound, rounds);
                    return null;
                };
                done.add(threads.submit(work));
            }
            for (Future<Void> one : done) {
                one.get();
            }
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
        } finally {
            threads.shutdownNow();
        }
    }

    private void fillOver(int number, int fromRound, int rounds) throws IOException {
        RecordPattern pattern = new RecordPattern(plan.recordBytes());
        ByteBuffer batches = ByteBuffer.allocate(plan.partitionsPerRequest() * pattern.batchBytes());
        List<int[]> sent = new ArrayList<>();
        try (Connection connection = new Connection(address)) {
            for (int round = fromRound; round < fromRound + rounds; round++) {
                for (int chunk = number; chunk < plan.chunks(); chunk += plan.connections()) {
                    connection.send(ApiKeys.PRODUCE, VERSION, request(pattern, batches, chunk, round));
                    sent.add(new int[] {chunk, round});
                    if (sent.size() == plan.inFlight()) {
                        await(connection, sent.remove(0));
                    }
                }
            }
            while (!sent.isEmpty()) {
                await(connection, sent.remove(0));
            }
        }
    }

    private ProduceRequestData request(RecordPattern pattern, ByteBuffer batches, int chunk, int round) {
        ProduceRequestData request = new ProduceRequestData().setAcks((short) 1).setTimeoutMs(TIMEOUT_MS);
        batches.clear();
        ProduceRequestData.TopicProduceData topic = null;
        for (int index = plan.firstOf(chunk); index < plan.endOf(chunk); index++) {
            String name = plan.topics().topicOf(index);
            if (topic == null || !topic.name().equals(name)) {
                topic = new ProduceRequestData.TopicProduceData().setName(name);
                request.topicData().add(topic);
            }
            int start = batches.position();
            pattern.put(batches, index, round, plan.idempotent() ? plan.producerId(index) : -1, round);
            topic.partitionData()
                    .add(new ProduceRequestData.PartitionProduceData()
                            .setIndex(plan.topics().partitionOf(index))
                            .setRecords(MemoryRecords.readableRecords(batches.slice(start, pattern.batchBytes()))));
        }
        return request;
    }

    private void await(Connection connection, int[] sent) throws IOException {
        ByteBuffer answer = connection.receive(ApiKeys.PRODUCE, VERSION);
        ProduceResponseData response = new ProduceResponseData(new ByteBufferAccessor(answer), VERSION);
        for (ProduceResponseData.TopicProduceResponse topic : response.responses()) {
            for (ProduceResponseData.PartitionProduceResponse partition : topic.partitionResponses()) {
                if (partition.errorCode() != Errors.NONE.code()) {
                    throw new IOException(topic.name() + "-" + partition.index() + " round " + sent[1] + ": "
                            + Errors.forCode(partition.errorCode()) + " " + partition.errorMessage());
                }
                if (plan.alone() && partition.baseOffset() != sent[1]) {
                    throw new IOException(topic.name() + "-" + partition.index() + ": offset " + partition.baseOffset()
                            + " instead of " + sent[1]);
                }
            }
        }
    }
}
