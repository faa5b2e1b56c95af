package io.braid.simulation.scale;

import io.braid.broker.handler.WatchAnswers;
import io.braid.broker.handler.WatchHistory;
import io.braid.broker.handler.WatchScope;
import io.braid.broker.security.Authorizer;
import io.braid.broker.security.Caller;
import io.braid.client.routing.RoutingNews;
import io.braid.client.routing.RoutingTable;
import io.braid.client.routing.TopicRoute;
import io.braid.image.ClusterImage;
import io.braid.image.ShardImage;
import io.braid.image.TopicImage;
import io.braid.protocol.Principal;
import io.braid.protocol.watch.MetadataWatchRequest;
import io.braid.protocol.watch.MetadataWatchResponse;
import io.braid.protocol.watch.WatchApi;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.MessageUtil;

/**
 * The topics that a client watches, and the shipped code on both ends of its watch: what a broker answers, and the table that
 * the client makes of it. Immutable.
 */
final class Subscription {
    private static final int WAIT_MS = 10_000;
    private static final int MOST_CHECKED = 100;
    private static final WatchAnswers ANSWERS = new WatchAnswers(Authorizer.ALLOW_ALL);
    private static final Caller CALLER = new Caller(
            Principal.ANONYMOUS, SizedCluster.LISTENER, InetSocketAddress.createUnresolved("client", 1), "scale");

    private final List<String> topics;
    private final Set<String> names;
    private final long requestBytes;

    Subscription(List<String> topics) {
        this.topics = List.copyOf(topics);
        this.names = new HashSet<>(topics);
        this.requestBytes = encode(request(0)).remaining();
    }

    List<String> topics() {
        return topics;
    }

    /** The request for what comes after a version. */
    MetadataWatchRequest request(long afterVersion) {
        return new MetadataWatchRequest(afterVersion, WAIT_MS, topics, List.of());
    }

    /** The first request of a client, which knows nothing. */
    MetadataWatchRequest firstRequest() {
        return new MetadataWatchRequest(MetadataWatchRequest.FROM_NOTHING, WAIT_MS, List.of(), topics);
    }

    long requestBytes() {
        return requestBytes;
    }

    boolean concernedBy(WatchHistory.Difference difference, ClusterImage image) {
        return WatchAnswers.concerns(difference, names, WatchScope.of(image, topics));
    }

    /** The answer as it goes over the wire. */
    static ByteBuffer answer(
            MetadataWatchRequest request, ClusterImage image, Optional<WatchHistory.Difference> difference) {
        return encode(ANSWERS.answer(CALLER, image, request, difference));
    }

    static RoutingTable apply(RoutingTable table, ByteBuffer answer) {
        MetadataWatchResponse response = new MetadataWatchResponse();
        response.read(new ByteBufferAccessor(answer.duplicate()), WatchApi.VERSION);
        return RoutingNews.apply(table, response);
    }

    /** The table of a client that has just begun to watch. */
    RoutingTable tableOf(ClusterImage image) {
        return apply(RoutingTable.EMPTY, answer(firstRequest(), image, Optional.empty()));
    }

    /** @throws IllegalStateException if the table says of a partition anything else than the image */
    void check(RoutingTable table, ClusterImage image) {
        for (String name : topics) {
            TopicImage truth = image.topic(name).orElseThrow();
            TopicRoute route = table.topic(name).orElseThrow(() -> new IllegalStateException("no topic " + name));
            int step = Math.max(1, truth.partitionCount() / MOST_CHECKED);
            for (int partition = 0; partition < truth.partitionCount(); partition += step) {
                ShardImage shard = image.shardOf(truth, partition);
                if (route.partitionCount() != truth.partitionCount()
                        || table.leader(route, partition) != shard.leader()
                        || table.leaderEpoch(route, partition) != shard.leaderEpoch()) {
                    throw new IllegalStateException("a client routes " + name + "-" + partition + " to "
                            + table.leader(route, partition) + ", the image has " + shard);
                }
            }
        }
        Set<Integer> running = new TreeSet<>();
        image.brokers().stream().filter(b -> !b.fenced()).forEach(b -> running.add(b.id()));
        if (!table.brokers().keySet().equals(running)) {
            throw new IllegalStateException(
                    "a client knows the brokers " + table.brokers().keySet());
        }
    }

    static ByteBuffer encode(ApiMessage message) {
        return MessageUtil.toByteBufferAccessor(message, (short) 0).buffer();
    }
}
