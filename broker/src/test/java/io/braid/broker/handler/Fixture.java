package io.braid.broker.handler;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.broker.config.NodeConfig;
import io.braid.broker.security.Authorizer;
import io.braid.broker.security.Caller;
import io.braid.controller.Command;
import io.braid.controller.CommandResult;
import io.braid.controller.LocalController;
import io.braid.image.ClusterImage;
import io.braid.image.TopicImage;
import io.braid.protocol.Principal;
import io.braid.protocol.network.ConnectionState;
import io.braid.protocol.network.ReplySink;
import io.braid.protocol.network.RequestContext;
import io.braid.quorum.QuorumInfo;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.MessageUtil;

/**
 * A cluster in memory, metadata state machine included, and the handlers of its broker 1. Requests go through the table
 * and come back encoded, as they would over a connection.
 */
class Fixture implements MetadataSource {

    static final int NODE = 1;
    static final String LISTENER = "PLAINTEXT";

    final LocalController controller = LocalController.withOneBroker(NODE, LISTENER, "broker-1", 9092);
    final List<Command> submitted = new ArrayList<>();
    ShardReadiness readiness = ShardReadiness.ALWAYS;
    Authorizer authorizer = Authorizer.ALLOW_ALL;
    LogDirs logDirs = new EmptyLogDirs();
    Map<String, String> config = Map.of();
    private HandlerTable table;

    @Override
    public ClusterImage image() {
        return controller.image();
    }

    @Override
    public CompletableFuture<CommandResult> submit(Command command) {
        submitted.add(command);
        return controller.submit(command);
    }

    HandlerTable table() {
        if (table == null) {
            HandlerTable.Builder builder = HandlerTable.builder();
            new AdminHandlers(
                            node(),
                            this,
                            (shard, epoch) -> readiness.acceptsWrites(shard, epoch),
                            (caller, operation, type, name) -> authorizer.allows(caller, operation, type, name),
                            logDirs,
                            () -> CompletableFuture.completedFuture(new QuorumInfo(
                                    1,
                                    3,
                                    42,
                                    List.of(new QuorumInfo.VoterInfo(1, 0, "127.0.0.1", 9094, 43, 0)),
                                    List.of(new QuorumInfo.ObserverInfo(7, 40, 12)))),
                            Runnable::run)
                    .addTo(builder);
            table = builder.build();
        }
        return table;
    }

    private NodeConfig node() {
        try {
            return NodeConfig.parse(config);
        } catch (io.braid.broker.config.ConfigException e) {
            throw new AssertionError(e);
        }
    }

    static Caller caller() {
        return Caller.of(context(ApiKeys.METADATA, (short) 0, null, new Replies()));
    }

    /** The answer of the table, as a client of {@code version} reads it. */
    @SuppressWarnings("TypeParameterUnusedInFormals") // the test names the class that it expects
    <R extends ApiMessage> R send(ApiKeys api, int version, ApiMessage request) {
        return send(api, version, request, LISTENER);
    }

    /** The answer of the table to a request through a listener. */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    <R extends ApiMessage> R send(ApiKeys api, int version, ApiMessage request, String listener) {
        Replies replies = new Replies();
        table().handle(context(api, (short) version, request, replies, listener));
        assertThat(replies.answers).as("%s answers at once", api).hasSize(1);
        return (R) overTheWire(api, (short) version, replies.answers.get(0));
    }

    /** Encodes, and reads what was encoded; fails when a field cannot be said in the version. */
    static ApiMessage overTheWire(ApiKeys api, short version, ApiMessage answer) {
        ByteBuffer bytes = MessageUtil.toByteBufferAccessor(answer, version).buffer();
        ApiMessage read = api.messageType.newResponse();
        read.read(new ByteBufferAccessor(bytes.duplicate()), version);
        ByteBuffer again = MessageUtil.toByteBufferAccessor(read, version).buffer();
        assertThat(again).as("%s version %s", api, version).isEqualTo(bytes);
        return read;
    }

    static RequestContext context(ApiKeys api, short version, ApiMessage request, ReplySink sink) {
        return context(api, version, request, sink, LISTENER);
    }

    private static RequestContext context(
            ApiKeys api, short version, ApiMessage request, ReplySink sink, String listener) {
        ConnectionState connection = new ConnectionState(
                7, listener, new InetSocketAddress(InetAddress.getLoopbackAddress(), 40_000), Principal.ANONYMOUS);
        return new RequestContext(connection, api.id, version, "test", request, sink);
    }

    // ---- what tests set up

    TopicImage create(String name, int partitions) {
        return create(name, partitions, Map.of());
    }

    TopicImage create(String name, int partitions, Map<String, String> configs) {
        CommandResult result = controller.apply(new Command.CreateTopics(
                List.of(io.braid.controller.NewTopic.of(Uuid.randomUuid(), name, partitions, -1, configs)),
                io.braid.controller.PoolPolicy.DEFAULT,
                false));
        assertThat(result.items().get(0).error()).isEqualTo(Errors.NONE);
        return topic(name);
    }

    TopicImage topic(String name) {
        return image().topic(name).orElseThrow();
    }

    /** Collects what a handler does with its request. */
    static final class Replies implements ReplySink {
        final List<ApiMessage> answers = new ArrayList<>();
        final List<String> closed = new ArrayList<>();

        @Override
        public void reply(RequestContext request, ApiMessage response) {
            answers.add(response);
        }

        @Override
        public void replyNothing(RequestContext request) {
            throw new AssertionError("no handler here leaves a request without an answer");
        }

        @Override
        public void close(RequestContext request, String reason) {
            closed.add(reason);
        }
    }

    /** One directory in which nothing is stored. */
    static final class EmptyLogDirs implements LogDirs {
        @Override
        public List<Directory> directories() {
            return List.of(new Directory("/data/a", Errors.NONE, 1000, 400));
        }

        @Override
        public int directoryOf(int shardId) {
            return 0;
        }

        @Override
        public CompletableFuture<List<Stored>> stored(int shardId, List<Partition> wanted) {
            return CompletableFuture.completedFuture(List.of());
        }
    }
}
