package io.braid.broker.handler;

import io.braid.broker.handler.LogDirs.Partition;
import io.braid.broker.handler.LogDirs.Stored;
import io.braid.broker.security.Authorizer;
import io.braid.broker.security.Caller;
import io.braid.image.ClusterImage;
import io.braid.image.ShardImage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.message.DescribeLogDirsRequestData;
import org.apache.kafka.common.message.DescribeLogDirsResponseData;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsPartition;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsResult;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsTopic;
import org.apache.kafka.common.protocol.Errors;

/**
 * DescribeLogDirs: the log directories of this broker, and the partitions in them with their sizes.
 *
 * <p>A partition that is asked for is listed when a replica of it is here, with size 0 when nothing was ever written to
 * it. When all are asked for, those without data are left out: they take no space, and there may be millions.
 */
public final class DescribeLogDirsHandler
        implements AnsweringHandler<DescribeLogDirsRequestData, DescribeLogDirsResponseData> {

    private final int nodeId;
    private final MetadataSource metadata;
    private final Authorizer authorizer;
    private final LogDirs logDirs;
    private final Executor background;

    /**
     * @param nodeId this broker
     * @param background makes the answers
     */
    public DescribeLogDirsHandler(
            int nodeId, MetadataSource metadata, Authorizer authorizer, LogDirs logDirs, Executor background) {
        this.nodeId = nodeId;
        this.metadata = metadata;
        this.authorizer = authorizer;
        this.logDirs = logDirs;
        this.background = background;
    }

    @Override
    public Executor executorFor(short version, DescribeLogDirsRequestData request) {
        return background;
    }

    @Override
    public CompletableFuture<DescribeLogDirsResponseData> answer(
            Caller caller, short version, DescribeLogDirsRequestData request) {
        if (!authorizer.allowsOnCluster(caller, AclOperation.DESCRIBE)) {
            return CompletableFuture.completedFuture(failure(version, request, Errors.CLUSTER_AUTHORIZATION_FAILED));
        }
        ClusterImage image = metadata.image();
        Map<Integer, List<Partition>> wanted = request.topics() == null ? shardsHere(image) : askedFor(image, request);
        Map<Integer, CompletableFuture<List<Stored>>> stored = new LinkedHashMap<>();
        wanted.forEach((shard, partitions) -> stored.put(shard, logDirs.stored(shard, partitions)));
        return CompletableFuture.allOf(stored.values().toArray(CompletableFuture[]::new))
                .thenApplyAsync(done -> response(image, wanted, stored), background);
    }

    @Override
    public DescribeLogDirsResponseData failure(short version, DescribeLogDirsRequestData request, Errors error) {
        return new DescribeLogDirsResponseData().setErrorCode(error.code());
    }

    /** Every shard with a replica here, and of each everything that it stores. */
    private Map<Integer, List<Partition>> shardsHere(ClusterImage image) {
        Map<Integer, List<Partition>> wanted = new LinkedHashMap<>();
        for (ShardImage shard : image.shards()) {
            if (shard.replicas().contains(nodeId)) {
                wanted.put(shard.id(), List.of());
            }
        }
        return wanted;
    }

    /** By shard the partitions that are asked for and have a replica here. */
    private Map<Integer, List<Partition>> askedFor(ClusterImage image, DescribeLogDirsRequestData request) {
        Map<Integer, List<Partition>> wanted = new LinkedHashMap<>();
        request.topics().forEach(asked -> image.topic(asked.topic()).ifPresent(topic -> {
            for (int partition : asked.partitions()) {
                if (partition < 0 || partition >= topic.partitionCount()) {
                    continue;
                }
                ShardImage shard = image.shardOf(topic, partition);
                if (shard.replicas().contains(nodeId)) {
                    wanted.computeIfAbsent(shard.id(), id -> new ArrayList<>())
                            .add(new Partition(topic.id(), partition));
                }
            }
        }));
        return wanted;
    }

    private DescribeLogDirsResponseData response(
            ClusterImage image,
            Map<Integer, List<Partition>> wanted,
            Map<Integer, CompletableFuture<List<Stored>>> stored) {
        DescribeLogDirsResponseData response = new DescribeLogDirsResponseData();
        List<Map<String, DescribeLogDirsTopic>> topics = new ArrayList<>();
        for (LogDirs.Directory directory : logDirs.directories()) {
            topics.add(new TreeMap<>());
            response.results()
                    .add(new DescribeLogDirsResult()
                            .setErrorCode(directory.error().code())
                            .setLogDir(directory.path())
                            .setTotalBytes(directory.totalBytes())
                            .setUsableBytes(directory.usableBytes()));
        }
        wanted.forEach((shard, partitions) -> {
            Map<String, DescribeLogDirsTopic> here = topics.get(logDirs.directoryOf(shard));
            Map<Partition, Stored> found = new HashMap<>();
            stored.get(shard).join().forEach(each -> found.put(each.partition(), each));
            partitions.forEach(each -> found.putIfAbsent(each, new Stored(each, 0, 0)));
            found.values().forEach(each -> add(here, image, each));
        });
        for (int i = 0; i < topics.size(); i++) {
            List<DescribeLogDirsTopic> sorted = new ArrayList<>(topics.get(i).values());
            response.results().get(i).setTopics(sorted);
        }
        return response;
    }

    private static void add(Map<String, DescribeLogDirsTopic> topics, ClusterImage image, Stored stored) {
        // A topic that was deleted a moment ago has no name any more.
        image.topic(stored.partition().topicId()).ifPresent(topic -> topics.computeIfAbsent(
                        topic.name(), name -> new DescribeLogDirsTopic().setName(name))
                .partitions()
                .add(new DescribeLogDirsPartition()
                        .setPartitionIndex(stored.partition().partition())
                        .setPartitionSize(stored.sizeBytes())
                        .setOffsetLag(stored.offsetLag())));
    }
}
