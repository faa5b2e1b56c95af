package io.braid.client.producer;

import io.braid.protocol.ApiCatalog;
import io.braid.protocol.network.NetworkListener;
import io.braid.protocol.network.ProtocolServer;
import io.braid.protocol.network.RequestContext;
import io.braid.protocol.network.ServerConfig;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.InitProducerIdResponseData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseBroker;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponsePartition;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseTopic;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.RecordBatch;

/** A broker that does what a test tells it to: over real sockets, with one topic of one partition. */
final class FakeBroker implements AutoCloseable {
    private static final ApiCatalog CATALOG = ApiCatalog.builder()
            .kafka(ApiKeys.API_VERSIONS)
            .kafka(ApiKeys.METADATA)
            .kafka(ApiKeys.PRODUCE)
            .kafka(ApiKeys.INIT_PRODUCER_ID)
            .build();

    /** Answers the produce requests, by their number from 0; null leaves one without an answer. */
    interface Script {
        Errors error(int request);
    }

    final int id;
    final SimulatedPartition partition;
    final List<FakeBroker> cluster;
    private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final ProtocolServer server;
    private Script script = request -> Errors.NONE; // guarded by this, as what follows
    private final List<RequestContext> silent = new ArrayList<>(); // whose frames are given back at the end
    private int produced;
    private int leader;
    private int leaderEpoch;
    private int hint = -1;

    /** @param cluster to which it is added: its brokers share the partition */
    FakeBroker(int id, List<FakeBroker> cluster) throws IOException {
        this.id = id;
        this.cluster = cluster;
        this.partition = cluster.isEmpty() ? new SimulatedPartition() : cluster.get(0).partition;
        cluster.add(this);
        server = ProtocolServer.bind(
                ServerConfig.of("PLAINTEXT", "127.0.0.1", 0), CATALOG, group, this::handle, new NetworkListener() {});
    }

    static List<FakeBroker> cluster(int size) throws IOException {
        List<FakeBroker> brokers = new ArrayList<>();
        for (int id = 0; id < size; id++) {
            new FakeBroker(id, brokers);
        }
        return brokers;
    }

    String bootstrap() {
        return "127.0.0.1:" + server.localAddress().getPort();
    }

    synchronized void script(Script newScript) {
        script = newScript;
    }

    /** What Metadata says of the leader. */
    synchronized void leader(int newLeader, int epoch) {
        leader = newLeader;
        leaderEpoch = epoch;
    }

    /** The leader that errors tell of. */
    synchronized void hint(int newHint) {
        hint = newHint;
    }

    synchronized int produced() {
        return produced;
    }

    private synchronized void handle(RequestContext ctx) {
        Map<Short, Runnable> handlers = new TreeMap<>();
        handlers.put(ApiKeys.API_VERSIONS.id, () -> ctx.reply(versions()));
        handlers.put(ApiKeys.METADATA.id, () -> ctx.reply(metadata((MetadataRequestData) ctx.body())));
        handlers.put(
                ApiKeys.INIT_PRODUCER_ID.id,
                () -> ctx.reply(
                        new InitProducerIdResponseData().setProducerId(77).setProducerEpoch((short) 0)));
        handlers.put(ApiKeys.PRODUCE.id, () -> produce(ctx));
        handlers.get(ctx.apiKey()).run();
    }

    private static ApiVersionsResponseData versions() {
        return CATALOG.apiVersionsResponse();
    }

    private MetadataResponseData metadata(MetadataRequestData request) {
        MetadataResponseData response =
                new MetadataResponseData().setClusterId("fake").setControllerId(0);
        for (FakeBroker broker : cluster) {
            response.brokers()
                    .add(new MetadataResponseBroker()
                            .setNodeId(broker.id)
                            .setHost("127.0.0.1")
                            .setPort(broker.server.localAddress().getPort()));
        }
        request.topics().forEach(topic -> {
            MetadataResponseTopic answer = new MetadataResponseTopic().setName(topic.name());
            if (topic.name().equals("t")) {
                answer.setTopicId(Tables.ID)
                        .partitions()
                        .add(new MetadataResponsePartition()
                                .setPartitionIndex(0)
                                .setLeaderId(leader)
                                .setLeaderEpoch(leaderEpoch)
                                .setReplicaNodes(List.of(0))
                                .setIsrNodes(List.of(0)));
            } else {
                answer.setErrorCode(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
            }
            response.topics().add(answer);
        });
        return response;
    }

    private void produce(RequestContext ctx) {
        Errors error = script.error(produced++);
        if (error == null) {
            silent.add(ctx);
            return;
        }
        ProduceRequestData request = (ProduceRequestData) ctx.body();
        var data = request.topicData().iterator().next();
        var records = (MemoryRecords) data.partitionData().get(0).records();
        long offset = -1;
        if (error == Errors.NONE) {
            RecordBatch batch = records.batches().iterator().next();
            List<Integer> values = new ArrayList<>();
            batch.forEach(record -> values.add(record.value().getInt()));
            SimulatedPartition.Outcome outcome =
                    partition.append(batch.producerId(), batch.producerEpoch(), batch.baseSequence(), values);
            error = outcome.error();
            offset = outcome.baseOffset();
        }
        var answer = new ProduceResponseData.PartitionProduceResponse()
                .setIndex(0)
                .setErrorCode(error.code())
                .setBaseOffset(offset);
        ProduceResponseData response = new ProduceResponseData();
        if (error == Errors.NOT_LEADER_OR_FOLLOWER && hint >= 0) {
            answer.currentLeader().setLeaderId(hint).setLeaderEpoch(leaderEpoch + 1);
            response.nodeEndpoints()
                    .add(new ProduceResponseData.NodeEndpoint()
                            .setNodeId(hint)
                            .setHost("127.0.0.1")
                            .setPort(cluster.get(hint).server.localAddress().getPort()));
        }
        var topic = new ProduceResponseData.TopicProduceResponse()
                .setName(data.name())
                .setTopicId(data.topicId());
        topic.partitionResponses().add(answer);
        response.responses().add(topic);
        ctx.reply(response);
    }

    @Override
    public void close() {
        synchronized (this) {
            silent.forEach(ctx -> ctx.close("the test ends"));
            silent.clear();
        }
        server.close(java.time.Duration.ofMillis(10));
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
