package io.braid.perf.scaling;

import io.braid.perf.measure.ResultLine;
import io.braid.perf.wire.Connection;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ByteBufferAccessor;

/** What it takes to describe everything there is, and how long the log of the metadata is. Stateless; blocks. */
final class MetadataProbe {
    private static final short VERSION = 12;
    private static final int TIMES = 3;

    private MetadataProbe() {}

    /** Asks for the Metadata of all topics and adds {@code metadataBytes}, {@code metadataMs} (median) and {@code partitionsDescribed}. */
    static void describe(InetSocketAddress broker, ResultLine line) throws IOException {
        long[] tookNs = new long[TIMES];
        long bytes = 0;
        MetadataResponseData last = null;
        try (Connection connection = new Connection(broker)) {
            for (int i = 0; i < TIMES; i++) {
                long startedNs = System.nanoTime();
                connection.send(
                        ApiKeys.METADATA,
                        VERSION,
                        new MetadataRequestData().setTopics(null).setAllowAutoTopicCreation(false));
                var answer = connection.receive(ApiKeys.METADATA, VERSION);
                bytes = answer.remaining();
                tookNs[i] = System.nanoTime() - startedNs;
                last = i == TIMES - 1 ? new MetadataResponseData(new ByteBufferAccessor(answer), VERSION) : null;
            }
        }
        Arrays.sort(tookNs);
        line.put("metadataBytes", bytes)
                .put("metadataMs", tookNs[TIMES / 2] / 1e6)
                .put(
                        "partitionsDescribed",
                        last.topics().stream()
                                .mapToLong(topic -> topic.partitions().size())
                                .sum());
    }

    /**
     * Where the log of the metadata ends: entries of Raft for Braid, records for Apache Kafka, which adds two a second that say nothing.
     *
     * @return -1 when nobody answers that
     */
    static long logEnd(Admin admin) throws InterruptedException {
        try {
            var quorum = admin.describeMetadataQuorum().quorumInfo().get(30, TimeUnit.SECONDS);
            return quorum.voters().stream()
                    .filter(voter -> voter.replicaId() == quorum.leaderId())
                    .mapToLong(voter -> voter.logEndOffset())
                    .findFirst()
                    .orElse(-1);
        } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
            return -1;
        }
    }
}
