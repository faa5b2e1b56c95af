package io.braid.broker.cli;

import io.braid.broker.config.HostPort;
import io.braid.broker.operate.DescribeShardsRequest;
import io.braid.broker.operate.DescribeShardsResponse;
import io.braid.broker.operate.OperatorApis;
import io.braid.broker.operate.OperatorResponse;
import io.braid.broker.operate.RestartCheck;
import io.braid.broker.operate.RestartCheckRequest;
import io.braid.broker.operate.RestartCheckResponse;
import io.braid.broker.operate.ShardStatsRequest;
import io.braid.broker.operate.ShardStatsResponse;
import io.braid.broker.shard.ShardStatus;
import io.braid.controller.Command;
import io.braid.controller.CommandCodec;
import io.braid.controller.CommandResult;
import io.braid.controller.Proposal;
import io.braid.controller.RequestId;
import io.braid.image.BrokerImage;
import io.braid.image.Endpoint;
import io.braid.protocol.network.ProtocolClient;
import io.braid.quorum.message.SubmitCommandRequest;
import io.braid.quorum.message.SubmitCommandResponse;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;

/** Talks to brokers in the requests of operators. Blocks; used by one thread. */
final class OperatorClient implements AutoCloseable {
    private static final short VERSION = 0;

    private final EventLoopGroup group;
    private final Duration timeout;
    private final ProtocolClient first;
    private final Map<Integer, ProtocolClient> byBroker = new HashMap<>();

    private OperatorClient(EventLoopGroup group, Duration timeout, ProtocolClient first) {
        this.group = group;
        this.timeout = timeout;
        this.first = first;
    }

    /**
     * Connects to the first of the brokers that answers.
     *
     * @throws IOException none does; with one line
     */
    static OperatorClient connect(List<HostPort> brokers, Duration timeout) throws IOException, InterruptedException {
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        IOException problem = new IOException("no broker is named");
        for (HostPort broker : brokers) {
            try {
                return new OperatorClient(group, timeout, connect(group, broker.host(), broker.port(), timeout));
            } catch (IOException e) {
                // What the network layer adds is the address, which is named already.
                problem = new IOException(e.getMessage().replaceFirst(": /[^ ]*$", ""), e);
            }
        }
        shutDown(group);
        throw problem;
    }

    private static ProtocolClient connect(EventLoopGroup group, String host, int port, Duration timeout)
            throws IOException, InterruptedException {
        return await(ProtocolClient.connect(host, port, OperatorApis.CATALOG, group), timeout);
    }

    /**
     * Brokers, pools and shards.
     *
     * @param topic whose pools are to be shown with all topics in them; "" for none
     */
    DescribeShardsResponse describe(String topic) throws IOException, InterruptedException {
        return checked(ask(
                first, OperatorApis.DESCRIBE_SHARDS, new DescribeShardsRequest(topic), DescribeShardsResponse.class));
    }

    /** What each running broker holds, by broker and shard; a broker that does not answer is left out. */
    Map<Integer, Map<Integer, ShardStatus>> stats(DescribeShardsResponse cluster)
            throws IOException, InterruptedException {
        Map<Integer, Map<Integer, ShardStatus>> stats = new TreeMap<>();
        for (BrokerImage broker : cluster.image().brokers()) {
            Optional<Endpoint> at = broker.endpoint(cluster.listener());
            if (!broker.fenced() && at.isPresent()) {
                statsOf(broker.id(), at.get()).ifPresent(of -> stats.put(broker.id(), of));
            }
        }
        return stats;
    }

    private Optional<Map<Integer, ShardStatus>> statsOf(int broker, Endpoint at) throws InterruptedException {
        try {
            ProtocolClient client = byBroker.get(broker);
            if (client == null || !client.isOpen()) {
                client = connect(group, at.host(), at.port(), timeout);
                byBroker.put(broker, client);
            }
            ShardStatsResponse answer =
                    checked(ask(client, OperatorApis.SHARD_STATS, new ShardStatsRequest(), ShardStatsResponse.class));
            Map<Integer, ShardStatus> shards = new TreeMap<>();
            answer.shards().forEach(shard -> shards.put(shard.shardId(), shard));
            return Optional.of(shards);
        } catch (IOException e) {
            return Optional.empty(); // it may have stopped a moment ago; what it holds is shown as unknown
        }
    }

    /** Why a broker may not be stopped now. */
    List<RestartCheck.Reason> restartCheck(int brokerId) throws IOException, InterruptedException {
        return checked(ask(
                        first,
                        OperatorApis.RESTART_CHECK,
                        new RestartCheckRequest(brokerId),
                        RestartCheckResponse.class))
                .reasons();
    }

    /**
     * Has a command carried out.
     *
     * @throws IOException it was refused as a whole; with one line
     */
    CommandResult submit(Command command) throws IOException, InterruptedException {
        byte[] bytes = CommandCodec.encode(new Proposal(new RequestId(Uuid.ZERO_UUID, 0, 0), command));
        CommandResult result = ask(
                        first,
                        OperatorApis.SUBMIT_COMMAND,
                        new SubmitCommandRequest(bytes),
                        SubmitCommandResponse.class)
                .result();
        if (!result.ok()) {
            throw new IOException(result.message().isEmpty() ? result.error().message() : result.message());
        }
        return result;
    }

    private static <T extends OperatorResponse> T checked(T answer) throws IOException {
        if (answer.error() != Errors.NONE) {
            throw new IOException(answer.message());
        }
        return answer;
    }

    private <T extends ApiMessage> T ask(ProtocolClient client, short api, ApiMessage request, Class<T> type)
            throws IOException, InterruptedException {
        return type.cast(await(client.send(api, VERSION, request, timeout), timeout));
    }

    private static <T> T await(CompletableFuture<T> answer, Duration timeout) throws IOException, InterruptedException {
        try {
            return answer.get(timeout.toMillis() + 500, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new IOException(Failure.oneLine(e), e);
        } catch (TimeoutException e) {
            throw new IOException("no answer within " + timeout.toSeconds() + " s", e);
        }
    }

    @Override
    public void close() {
        byBroker.values().forEach(ProtocolClient::close);
        first.close();
        shutDown(group);
    }

    private static void shutDown(EventLoopGroup group) {
        var unused = group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
}
