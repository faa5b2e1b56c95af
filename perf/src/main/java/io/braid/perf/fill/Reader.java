package io.braid.perf.fill;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;

/** Reads every record of a topic back and checks it. One thread; blocks. */
final class Reader {
    /** The last version that names topics. */
    private static final short VERSION = 12;

    private static final int MAX_BYTES = 16 << 20;
    private static final int NO_SESSION_EPOCH = -1;
    private static final int MAX_PROBLEMS = 10;

    private final InetSocketAddress address;
    private final FillPlan plan;
    private final RecordPattern pattern;
    private final List<String> problems = new ArrayList<>();
    private long records;

    Reader(InetSocketAddress address, FillPlan plan) {
        this.address = address;
        this.plan = plan;
        this.pattern = new RecordPattern(plan.recordBytes());
    }

    /** Records that were what they should be, so far. */
    long records() {
        return records;
    }

    /** What was wrong, up to ten; empty when nothing. */
    List<String> problems() {
        return problems;
    }

    /** Reads the offsets below {@code rounds} of every partition; stops at the tenth problem. */
    void check(int rounds) throws IOException {
        try (Connection connection = new Connection(address)) {
            for (int chunk = 0; chunk < plan.chunks() && problems.size() < MAX_PROBLEMS; chunk++) {
                int[] partitions = plan.partitionsOf(chunk);
                long[] next = new long[partitions.length];
                while (fetch(connection, partitions, next, rounds)) {
                    // Until all of them have been read.
                }
            }
        }
    }

    /** One request for what is missing yet; false when nothing is, or nothing more comes. */
    private boolean fetch(Connection connection, int[] partitions, long[] next, int rounds) throws IOException {
        FetchRequestData.FetchTopic topic = new FetchRequestData.FetchTopic().setTopic(plan.topic());
        for (int i = 0; i < partitions.length; i++) {
            if (next[i] < rounds) {
                topic.partitions()
                        .add(new FetchRequestData.FetchPartition()
                                .setPartition(partitions[i])
                                .setFetchOffset(next[i])
                                .setPartitionMaxBytes(MAX_BYTES));
            }
        }
        if (topic.partitions().isEmpty() || problems.size() >= MAX_PROBLEMS) {
            return false;
        }
        FetchRequestData request = new FetchRequestData()
                .setMaxWaitMs(0)
                .setMinBytes(0)
                .setMaxBytes(MAX_BYTES)
                .setSessionEpoch(NO_SESSION_EPOCH);
        request.topics().add(topic);
        connection.send(ApiKeys.FETCH, VERSION, request);
        ByteBuffer answer = connection.receive(ApiKeys.FETCH, VERSION);
        FetchResponseData response = new FetchResponseData(new ByteBufferAccessor(answer), VERSION);
        long before = records;
        for (FetchResponseData.FetchableTopicResponse one : response.responses()) {
            one.partitions().forEach(partition -> take(partition, partitions[0], next));
        }
        if (response.errorCode() != Errors.NONE.code() || records == before) {
            problems.add("partitions " + partitions[0] + ".. : no progress, " + Errors.forCode(response.errorCode()));
            return false;
        }
        return true;
    }

    private void take(FetchResponseData.PartitionData partition, int first, long[] next) {
        int number = partition.partitionIndex();
        if (partition.errorCode() != Errors.NONE.code()) {
            problems.add("partition " + number + ": " + Errors.forCode(partition.errorCode()));
            return;
        }
        if (!(partition.records() instanceof MemoryRecords fetched)) {
            return;
        }
        ByteBuffer bytes = fetched.buffer();
        for (int at = bytes.position(); at < bytes.limit(); at += pattern.batchBytes()) {
            String problem = pattern.problem(bytes, at, number, next[number - first]);
            if (problem != null) {
                problems.add("partition " + number + " offset " + next[number - first] + " " + problem);
                return;
            }
            next[number - first]++;
            records++;
        }
    }
}
