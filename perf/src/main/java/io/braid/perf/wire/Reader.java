package io.braid.perf.wire;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;

/** Reads every record that a {@link Filler} wrote back and checks it. One thread; blocks. */
public final class Reader {
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

    /** @param address of the broker that leads all partitions */
    public Reader(InetSocketAddress address, FillPlan plan) {
        this.address = address;
        this.plan = plan;
        this.pattern = new RecordPattern(plan.recordBytes());
    }

    /** Records that were what they should be, so far. */
    public long records() {
        return records;
    }

    /** What was wrong, up to ten; empty when nothing. */
    public List<String> problems() {
        return problems;
    }

    /** Reads the offsets below {@code rounds} of every partition; stops at the tenth problem. */
    public void check(int rounds) throws IOException {
        try (Connection connection = new Connection(address)) {
            for (int chunk = 0; chunk < plan.chunks() && problems.size() < MAX_PROBLEMS; chunk++) {
                long[] next = new long[plan.endOf(chunk) - plan.firstOf(chunk)];
                while (fetch(connection, plan.firstOf(chunk), next, rounds)) {
                    // Until all of them have been read.
                }
            }
        }
    }

    /** One request for what is missing yet; false when nothing is, or nothing more comes. */
    private boolean fetch(Connection connection, int first, long[] next, int rounds) throws IOException {
        List<FetchRequestData.FetchTopic> topics = new ArrayList<>();
        Map<String, Integer> firstOfTopic = new HashMap<>();
        for (int i = 0; i < next.length; i++) {
            String name = plan.topics().topicOf(first + i);
            int partition = plan.topics().partitionOf(first + i);
            firstOfTopic.putIfAbsent(name, first + i - partition);
            if (next[i] < rounds) {
                if (topics.isEmpty() || !topics.get(topics.size() - 1).topic().equals(name)) {
                    topics.add(new FetchRequestData.FetchTopic().setTopic(name));
                }
                topics.get(topics.size() - 1)
                        .partitions()
                        .add(new FetchRequestData.FetchPartition()
                                .setPartition(partition)
                                .setFetchOffset(next[i])
                                .setPartitionMaxBytes(MAX_BYTES));
            }
        }
        if (topics.isEmpty() || problems.size() >= MAX_PROBLEMS) {
            return false;
        }
        FetchRequestData request = new FetchRequestData()
                .setMaxWaitMs(0)
                .setMinBytes(0)
                .setMaxBytes(MAX_BYTES)
                .setSessionEpoch(NO_SESSION_EPOCH)
                .setTopics(topics);
        connection.send(ApiKeys.FETCH, VERSION, request);
        ByteBuffer answer = connection.receive(ApiKeys.FETCH, VERSION);
        FetchResponseData response = new FetchResponseData(new ByteBufferAccessor(answer), VERSION);
        long before = records;
        for (FetchResponseData.FetchableTopicResponse one : response.responses()) {
            int ofTopic = firstOfTopic.get(one.topic());
            one.partitions().forEach(partition -> take(partition, ofTopic + partition.partitionIndex(), first, next));
        }
        if (response.errorCode() != Errors.NONE.code() || records == before) {
            problems.add("partitions " + first + ".. : no progress, " + Errors.forCode(response.errorCode()));
            return false;
        }
        return true;
    }

    /** @param number of the partition among all */
    private void take(FetchResponseData.PartitionData partition, int number, int first, long[] next) {
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
