package io.braid.broker.handler;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.broker.security.Authorizer;
import io.braid.controller.Command;
import io.braid.controller.CommandResult;
import io.braid.image.ClusterImage;
import io.braid.protocol.Principal;
import io.braid.protocol.network.ConnectionState;
import io.braid.protocol.network.RequestContext;
import io.braid.protocol.watch.MetadataWatchRequest;
import io.braid.protocol.watch.MetadataWatchResponse;
import io.braid.protocol.watch.WatchApi;
import io.braid.quorum.ImageListener;
import io.netty.util.concurrent.DefaultEventExecutor;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.MessageUtil;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WatchHandlerTest {
    private static final int LONG_MS = 60_000;

    private final DefaultEventExecutor eventLoop = new DefaultEventExecutor();
    private final Fixture fixture = new Fixture();
    private ImageListener listener = (before, after) -> {};
    private final WatchHandler handler = new WatchHandler(
            new MetadataSource() {
                @Override
                public ClusterImage image() {
                    return fixture.image();
                }

                @Override
                public void onImage(ImageListener told) {
                    listener = told;
                }

                @Override
                public CompletableFuture<CommandResult> submit(Command command) {
                    throw new AssertionError("a watch changes nothing");
                }
            },
            (Authorizer) (caller, operation, type, name) -> !name.equals("secret"),
            Runnable::run);
    private final ConnectionState connection = new ConnectionState(
            1,
            Fixture.LISTENER,
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 1),
            Principal.ANONYMOUS,
            eventLoop);

    @AfterEach
    void stop() {
        var unused = eventLoop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    private CompletableFuture<MetadataWatchResponse> watch(
            long after, int waitMs, List<String> known, List<String> added) throws Exception {
        CompletableFuture<MetadataWatchResponse> answer = new CompletableFuture<>();
        MetadataWatchRequest request = new MetadataWatchRequest(after, waitMs, known, added);
        Fixture.Replies sink = new Fixture.Replies();
        RequestContext ctx = new RequestContext(
                connection, WatchApi.KEY, WatchApi.VERSION, "test", request, new io.braid.protocol.network.ReplySink() {
                    @Override
                    public void reply(RequestContext of, org.apache.kafka.common.protocol.ApiMessage response) {
                        answer.complete(overTheWire((MetadataWatchResponse) response));
                    }

                    @Override
                    public void replyNothing(RequestContext of) {
                        sink.replyNothing(of);
                    }

                    @Override
                    public void close(RequestContext of, String reason) {
                        sink.close(of, reason);
                    }
                });
        eventLoop.submit(() -> handler.handle(ctx)).get(10, TimeUnit.SECONDS);
        return answer;
    }

    private static MetadataWatchResponse overTheWire(MetadataWatchResponse answer) {
        ByteBuffer bytes =
                MessageUtil.toByteBufferAccessor(answer, WatchApi.VERSION).buffer();
        MetadataWatchResponse read = new MetadataWatchResponse();
        read.read(new ByteBufferAccessor(bytes), WatchApi.VERSION);
        assertThat(bytes.hasRemaining()).isFalse();
        return read;
    }

    /** Creates a topic, and tells of the image as a session does. */
    private void create(String name, int partitions) {
        ClusterImage before = fixture.image();
        fixture.create(name, partitions);
        listener.onImage(before, fixture.image());
    }

    private static MetadataWatchResponse get(CompletableFuture<MetadataWatchResponse> answer) throws Exception {
        return answer.get(10, TimeUnit.SECONDS);
    }

    @Test
    void whoKnowsNothingIsToldAllOfItsTopicsAtOnce() throws Exception {
        create("big", 1_000_000);
        create("other", 3);

        MetadataWatchResponse answer = get(watch(-1, LONG_MS, List.of(), List.of("big", "missing", "secret")));

        assertThat(answer.full()).isTrue();
        assertThat(answer.version()).isEqualTo(fixture.image().version());
        assertThat(answer.brokers())
                .extracting(MetadataWatchResponse.Broker::host)
                .containsExactly("broker-1");
        assertThat(answer.topics())
                .extracting(MetadataWatchResponse.Topic::name, MetadataWatchResponse.Topic::error)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("big", Errors.NONE),
                        org.assertj.core.groups.Tuple.tuple("missing", Errors.UNKNOWN_TOPIC_OR_PARTITION),
                        org.assertj.core.groups.Tuple.tuple("secret", Errors.TOPIC_AUTHORIZATION_FAILED));
        assertThat(answer.topics().get(0).partitionCount()).isEqualTo(1_000_000);
        assertThat(answer.shards()).isNotEmpty().allMatch(shard -> shard.leader() == Fixture.NODE);
        assertThat(MessageUtil.toByteBufferAccessor(answer, WatchApi.VERSION)
                        .buffer()
                        .remaining())
                .as("bytes for a million partitions")
                .isLessThan(1024);
    }

    @Test
    void aWatchWaitsUntilSomethingOfItsTopicsChanges() throws Exception {
        create("mine", 3);
        long version = fixture.image().version();
        CompletableFuture<MetadataWatchResponse> mine = watch(version, LONG_MS, List.of("mine", "next"), List.of());
        assertThat(handler.waiting()).isEqualTo(1);

        create("foreign", 3);
        assertThat(eventLoop.submit(mine::isDone).get()).isFalse();
        create("next", 5);

        MetadataWatchResponse answer = get(mine);
        assertThat(answer.full()).isFalse();
        assertThat(answer.topics())
                .extracting(MetadataWatchResponse.Topic::name)
                .containsExactly("next");
        assertThat(answer.brokers()).isEmpty();
        assertThat(answer.version()).isEqualTo(fixture.image().version());
        assertThat(handler.waiting()).isZero();
    }

    @Test
    void whatChangedMeanwhileIsToldAtOnce() throws Exception {
        create("mine", 3);
        long version = fixture.image().version();
        create("next", 5);

        MetadataWatchResponse answer = get(watch(version, LONG_MS, List.of("mine", "next"), List.of()));

        assertThat(answer.full()).isFalse();
        assertThat(answer.topics())
                .extracting(MetadataWatchResponse.Topic::name)
                .containsExactly("next");
    }

    @Test
    void onlyShardsOfTheTopicsAreTold() throws Exception {
        create("one", 1);
        create("all", 1_000);
        ClusterImage image = fixture.image();

        MetadataWatchResponse one = get(watch(-1, LONG_MS, List.of(), List.of("one")));
        MetadataWatchResponse all = get(watch(-1, LONG_MS, List.of(), List.of("all")));

        assertThat(one.shards())
                .extracting(MetadataWatchResponse.Shard::id)
                .containsExactly(image.topic("one").orElseThrow().shardOf(0));
        assertThat(all.shards()).hasSameSizeAs(image.shards());
    }

    @Test
    void aBrokerThatGoesIsToldWithTheShardsItLed() throws Exception {
        create("one", 1);
        ClusterImage before = fixture.image();
        CompletableFuture<MetadataWatchResponse> waiting = watch(before.version(), LONG_MS, List.of("one"), List.of());

        fixture.controller.apply(new Command.FenceBroker(
                Fixture.NODE, before.broker(Fixture.NODE).orElseThrow().epoch()));
        listener.onImage(before, fixture.image());

        MetadataWatchResponse answer = get(waiting);
        assertThat(answer.full()).isFalse();
        assertThat(answer.brokers()).isEmpty();
        assertThat(answer.brokersGone()).containsExactly(Fixture.NODE);
        assertThat(answer.topics()).isEmpty();
        assertThat(answer.shards())
                .extracting(MetadataWatchResponse.Shard::id, MetadataWatchResponse.Shard::leader)
                .containsExactly(org.assertj.core.groups.Tuple.tuple(
                        before.topic("one").orElseThrow().shardOf(0), -1));
    }

    @Test
    void aSecondWatchEndsTheWaitOfTheFirst() throws Exception {
        create("mine", 3);
        create("more", 3);
        long version = fixture.image().version();
        CompletableFuture<MetadataWatchResponse> first = watch(version, LONG_MS, List.of("mine"), List.of());

        CompletableFuture<MetadataWatchResponse> second = watch(version, LONG_MS, List.of("mine"), List.of("more"));

        assertThat(get(first).topics()).isEmpty();
        assertThat(get(second).topics())
                .extracting(MetadataWatchResponse.Topic::name)
                .containsExactly("more");
        assertThat(get(second).shards()).isNotEmpty();
    }

    @Test
    void aWaitEnds() throws Exception {
        create("mine", 3);
        long version = fixture.image().version();

        assertThat(get(watch(version, 20, List.of("mine"), List.of())).version())
                .isEqualTo(version);
        assertThat(get(watch(version + 5, 20, List.of("mine"), List.of())).version())
                .as("a client that is ahead")
                .isEqualTo(version);
        CompletableFuture<MetadataWatchResponse> last = watch(version, LONG_MS, List.of("mine"), List.of());
        handler.stop();
        assertThat(get(last).topics()).isEmpty();
    }

    @Test
    void refusesWhatIsOutOfBounds() throws Exception {
        assertThat(get(watch(-2, 0, List.of(), List.of())).error()).isEqualTo(Errors.INVALID_REQUEST);
        assertThat(get(watch(0, -1, List.of(), List.of())).error()).isEqualTo(Errors.INVALID_REQUEST);
        assertThat(get(watch(0, 0, List.of("x".repeat(250)), List.of())).error())
                .isEqualTo(Errors.INVALID_REQUEST);
        List<String> many = java.util.Collections.nCopies(WatchApi.MAX_TOPICS + 1, "t");
        assertThat(get(watch(0, 0, many, List.of())).error()).isEqualTo(Errors.INVALID_REQUEST);
    }

    @Test
    void whoKnowsAVersionTooOldIsToldEverything() throws Exception {
        create("mine", 3);
        long version = fixture.image().version();
        for (int i = 0; i <= WatchHistory.MAX_CHANGES; i++) {
            create("t-" + i, 1);
        }

        MetadataWatchResponse answer = get(watch(version, LONG_MS, List.of("mine"), List.of()));

        assertThat(answer.full()).isTrue();
        assertThat(answer.topics())
                .extracting(MetadataWatchResponse.Topic::name)
                .containsExactly("mine");
    }
}
