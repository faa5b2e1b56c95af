package io.braid.broker.operate;

import io.braid.broker.handler.AnsweringHandler;
import io.braid.broker.handler.MetadataSource;
import io.braid.broker.operate.DescribeShardsResponse.PoolTopics;
import io.braid.broker.security.Authorizer;
import io.braid.broker.security.Caller;
import io.braid.image.ClusterImage;
import io.braid.image.Placement;
import io.braid.image.TopicImage;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.protocol.Errors;

/** DescribeShards: the image of this broker without its topics, but for their names by pool when they are asked for. */
public final class DescribeShardsHandler implements AnsweringHandler<DescribeShardsRequest, DescribeShardsResponse> {
    /** Names of topics that are told of each pool. */
    public static final int MAX_NAMES = 20;

    private final MetadataSource metadata;
    private final Authorizer authorizer;
    private final Executor background;

    public DescribeShardsHandler(MetadataSource metadata, Authorizer authorizer, Executor background) {
        this.metadata = metadata;
        this.authorizer = authorizer;
        this.background = background;
    }

    @Override
    public Executor executorFor(short version, DescribeShardsRequest request) {
        return background;
    }

    @Override
    public CompletableFuture<DescribeShardsResponse> answer(
            Caller caller, short version, DescribeShardsRequest request) {
        if (!authorizer.allowsOnCluster(caller, AclOperation.DESCRIBE)) {
            return CompletableFuture.completedFuture(failure(version, request, Errors.CLUSTER_AUTHORIZATION_FAILED));
        }
        ClusterImage image = metadata.image();
        Set<Integer> pools = new HashSet<>();
        if (!request.topic().isEmpty()) {
            if (!authorizer.allowsOnTopic(caller, AclOperation.DESCRIBE, request.topic())
                    || image.topic(request.topic()).isEmpty()) {
                return CompletableFuture.completedFuture(new DescribeShardsResponse(
                        Errors.UNKNOWN_TOPIC_OR_PARTITION, "topic " + request.topic() + " does not exist"));
            }
            pools.addAll(poolsOf(image.topic(request.topic()).orElseThrow()));
        }
        List<PoolTopics> topics = pools.isEmpty() ? List.of() : topics(caller, image, pools);
        return CompletableFuture.completedFuture(new DescribeShardsResponse(caller.listener(), image, topics));
    }

    private static Set<Integer> poolsOf(TopicImage topic) {
        Set<Integer> pools = new HashSet<>();
        for (Placement placement : topic.placements()) {
            pools.add(placement.poolId());
        }
        return pools;
    }

    private List<PoolTopics> topics(Caller caller, ClusterImage image, Set<Integer> wanted) {
        Map<Integer, Integer> counts = new TreeMap<>();
        Map<Integer, TreeSet<String>> names = new TreeMap<>();
        image.forEachTopic(topic -> {
            Set<Integer> pools = poolsOf(topic);
            pools.retainAll(wanted);
            for (int pool : pools) {
                counts.merge(pool, 1, Integer::sum);
                if (authorizer.allowsOnTopic(caller, AclOperation.DESCRIBE, topic.name())) {
                    TreeSet<String> first = names.computeIfAbsent(pool, id -> new TreeSet<>());
                    first.add(topic.name());
                    if (first.size() > MAX_NAMES) {
                        first.pollLast();
                    }
                }
            }
        });
        List<PoolTopics> topics = new ArrayList<>();
        counts.forEach((pool, count) ->
                topics.add(new PoolTopics(pool, count, List.copyOf(names.getOrDefault(pool, new TreeSet<>())))));
        return topics;
    }

    @Override
    public DescribeShardsResponse failure(short version, DescribeShardsRequest request, Errors error) {
        return new DescribeShardsResponse(error, error.message());
    }
}
