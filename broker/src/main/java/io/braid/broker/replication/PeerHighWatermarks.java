package io.braid.broker.replication;

import io.braid.broker.replication.message.HighWatermarksRequest;
import io.braid.broker.replication.message.HighWatermarksRequest.Partition;
import io.braid.broker.replication.message.HighWatermarksResponse;
import io.braid.broker.replication.message.ReplicationApis;
import io.braid.image.ClusterImage;
import io.braid.image.Endpoint;
import io.braid.protocol.network.ConnectOptions;
import io.braid.protocol.network.ProtocolClient;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.protocol.Errors;

/**
 * Asks other brokers on their {@code inter.broker.listener}, on a connection for each question: they are few and far between.
 * Thread-safe.
 */
public final class PeerHighWatermarks implements HighWatermarks {
    private static final short VERSION = 0;
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final Membership membership;
    private final EventLoopGroup group;
    private final ConnectOptions options;

    /** @param options how to connect to brokers */
    public PeerHighWatermarks(Membership membership, EventLoopGroup group, ConnectOptions options) {
        this.options = options;
        this.membership = membership;
        this.group = group;
    }

    @Override
    public CompletableFuture<List<Long>> ask(int brokerId, List<Partition> partitions) {
        ClusterImage image = membership.image();
        Optional<Endpoint> at = image.broker(brokerId).flatMap(broker -> broker.endpoint(ReplicationApis.LISTENER));
        if (at.isEmpty()) {
            return CompletableFuture.failedFuture(new IOException("broker " + brokerId + " is not known"));
        }
        return ProtocolClient.connect(at.get().host(), at.get().port(), ReplicationApis.CATALOG, group, options)
                .thenCompose(client -> client.send(
                                ReplicationApis.HIGH_WATERMARKS,
                                VERSION,
                                new HighWatermarksRequest(image.clusterId(), partitions),
                                TIMEOUT)
                        .whenComplete((answer, failure) -> client.close()))
                .thenCompose(answer -> taken((HighWatermarksResponse) answer, partitions.size()));
    }

    private static CompletableFuture<List<Long>> taken(HighWatermarksResponse answer, int count) {
        boolean whole = answer.error() == Errors.NONE && answer.highWatermarks().size() == count;
        return whole
                ? CompletableFuture.completedFuture(answer.highWatermarks())
                : CompletableFuture.failedFuture(new IOException("no high watermarks: " + answer.error()));
    }
}
