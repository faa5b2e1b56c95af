package io.braid.simulation.scale;

import io.braid.broker.handler.WatchHistory;
import io.braid.client.routing.RoutingTable;
import io.braid.controller.Command;
import io.braid.image.ClusterImage;
import io.braid.quorum.MetadataFeed;
import io.braid.quorum.message.FetchMetadataResponse;
import io.braid.quorum.message.RecordBatch;
import io.braid.quorum.message.VendorResponse.Leader;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/** Measures {@link Costs} of the shipped code at the size of a cluster: each by a change of one record and by a broker's loss. */
final class CostsOfCode {
    private static final int REPETITIONS = 31;

    private final Metadata metadata;
    private final Change small;
    private final Change large;
    private final Subscription subscription;

    CostsOfCode(Metadata metadata, Population population) {
        this.metadata = metadata;
        this.subscription = population.kind(0);
        this.small = applied(allocation(metadata));
        this.large = applied(fencing(metadata));
    }

    private Change applied(Command command) {
        Metadata fork = metadata.fork();
        fork.apply(command);
        return fork.takeChanges().get(0);
    }

    private static Command allocation(Metadata metadata) {
        return new Command.AllocateProducerIds(
                0, metadata.image().broker(0).orElseThrow().epoch());
    }

    private static Command fencing(Metadata metadata) {
        return new Command.FenceBroker(
                0, metadata.image().broker(0).orElseThrow().epoch());
    }

    Costs measure() {
        int few = small.records().size();
        int many = large.records().size();
        ByteBuffer first = Subscription.answer(subscription.firstRequest(), metadata.image(), Optional.empty());
        ByteBuffer news = news();
        RoutingTable table = subscription.tableOf(metadata.image());
        return new Costs(
                Costs.STATED.messageNs(),
                Costs.STATED.raftEntryNs(),
                Costs.Linear.through(
                        few,
                        metadata.cost(small.command(), REPETITIONS).ns(),
                        many,
                        metadata.cost(large.command(), REPETITIONS).ns()),
                feed(),
                Costs.Linear.through(small.delta().length, encode(small), large.delta().length, encode(large)),
                Costs.Linear.through(few, apply(small), many, apply(large)),
                Costs.Linear.through(few, difference(small), many, difference(large)),
                Costs.Linear.through(
                        0,
                        0,
                        first.remaining(),
                        Measured.of(REPETITIONS, this::firstAnswer).ns()),
                Costs.Linear.through(
                        news.remaining(),
                        Measured.of(REPETITIONS, () -> Subscription.apply(table, news))
                                .ns(),
                        first.remaining(),
                        Measured.of(REPETITIONS, () -> Subscription.apply(RoutingTable.EMPTY, first))
                                .ns()),
                Costs.STATED.heartbeatNs());
    }

    private long feed() {
        MetadataFeed feed = new MetadataFeed();
        feed.replace(large.before());
        feed.add(large.before(), large.after(), large.records());
        return Measured.of(REPETITIONS, () -> feed.after(large.before().version(), 8 << 20))
                .ns();
    }

    private static long encode(Change change) {
        List<byte[]> batches = List.of(change.delta());
        return Measured.of(REPETITIONS, () -> Subscription.encode(FetchMetadataResponse.of(batches, Leader.UNKNOWN)))
                .ns();
    }

    private static long apply(Change change) {
        ClusterImage before = change.before();
        return Measured.of(REPETITIONS, () -> {
                    RecordBatch batch = RecordBatch.decode(change.delta());
                    return before.apply(batch.version(), batch.records());
                })
                .ns();
    }

    private static long difference(Change change) {
        return Measured.of(REPETITIONS, () -> WatchHistory.between(change.before(), change.after()))
                .ns();
    }

    private ByteBuffer firstAnswer() {
        return Subscription.answer(subscription.firstRequest(), metadata.image(), Optional.empty());
    }

    /** What a client is told when a broker is lost. */
    private ByteBuffer news() {
        return Subscription.answer(
                subscription.request(large.before().version()),
                large.after(),
                Optional.of(WatchHistory.between(large.before(), large.after())));
    }
}
