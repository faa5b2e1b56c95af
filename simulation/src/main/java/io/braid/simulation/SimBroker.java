package io.braid.simulation;

import io.braid.broker.shard.ReplicaFetch;
import io.braid.controller.Command;
import io.braid.controller.MetadataVersion;
import io.braid.image.ClusterImage;
import io.braid.image.ShardImage;
import io.braid.image.TopicImage;
import io.braid.simulation.ClientMessages.Fetch;
import io.braid.simulation.ClientMessages.Fetched;
import io.braid.simulation.ClientMessages.Metadata;
import io.braid.simulation.ClientMessages.Produce;
import io.braid.simulation.ClientMessages.Produced;
import io.braid.simulation.ClientMessages.Route;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.kafka.common.protocol.Errors;

/** A broker's process: its session with the controllers, its shards, and what it answers to clients. */
final class SimBroker extends SimProcess {
    private static final long SHORT_RECOVERY_MS = 20;
    private static final long LONG_RECOVERY_MS = 1_500;
    private static final long LEAVE_MS = 1_500;
    private static final long TICK_MS = 100;

    private final Cluster cluster;
    private final Machine host;
    private final long instance;
    private final SimSession session;
    private final Map<Integer, SimShard> shards = new TreeMap<>();
    private final Map<Integer, ReplicaLoop> loops = new TreeMap<>();
    private ClusterImage imageBefore = ClusterImage.EMPTY;
    private boolean ready;

    SimBroker(Cluster cluster, Machine host) {
        super(host.number, cluster.timeline, host.clock, cluster.trace);
        this.cluster = cluster;
        this.host = host;
        this.instance = cluster.nextInstance();
        this.session = new SimSession(
                cluster,
                this,
                new Command.RegisterBroker(
                        host.number,
                        cluster.chance.uuid(),
                        host.bootId(),
                        List.of(host.directoryId()),
                        List.of(),
                        Optional.empty(),
                        MetadataVersion.supported(),
                        host.takeCleanMark()));
    }

    void start() {
        session.start();
        if (cluster.bugs.is(Bug.SAME_EPOCH_AFTER_POWER_LOSS)) {
            ready = true;
        }
    }

    int id() {
        return host.number;
    }

    /** Tells this process from earlier and later ones of the same broker. */
    long instance() {
        return instance;
    }

    SimSession session() {
        return session;
    }

    // ---- metadata

    /** It is registered, and its image shows it: from now on images mean this incarnation. */
    void onReady() {
        long recoveryMs = cluster.chance.percent(75)
                ? cluster.chance.between(1, SHORT_RECOVERY_MS)
                : cluster.chance.between(SHORT_RECOVERY_MS, LONG_RECOVERY_MS);
        after(recoveryMs, () -> {
            ready = true;
            follow(session.image());
            session.serve();
            after(TICK_MS, this::tick);
        });
    }

    void onImage(ClusterImage before, ClusterImage after) {
        cluster.oracle.onImage(this, before, after);
        imageBefore = before;
        if (ready) {
            follow(after);
        }
    }

    private void follow(ClusterImage image) {
        for (ShardImage assigned : image.shards()) {
            if (assigned.replicas().contains(id())) {
                SimShard shard = shards.computeIfAbsent(
                        assigned.id(), shardId -> new SimShard(cluster, this, shardId, host.disk(shardId)));
                shard.assign(image, assigned);
                loops.computeIfAbsent(assigned.id(), shardId -> new ReplicaLoop(cluster, this, shard))
                        .onAssigned();
            } else {
                drop(assigned.id());
            }
        }
    }

    /** A shard is no longer here, or what an earlier process had of it is left over. */
    private void drop(int shardId) {
        SimShard shard = shards.remove(shardId);
        if (shard != null) {
            loops.remove(shardId).stop();
            shard.close();
        }
        if (host.dropDisk(shardId)) {
            cluster.tally.count("replicas dropped");
            trace.log("shard %d: broker %d drops its replica", shardId, id());
        }
    }

    /** Who leads a shard, as this broker knows. */
    Route route(int shardId) {
        Optional<ShardImage> shard = session.image().shard(shardId);
        shard.ifPresent(known -> cluster.oracle.onHint(this, known));
        return shard.map(known -> new Route(known.leader(), known.leaderEpoch()))
                .orElse(Route.UNKNOWN);
    }

    // ---- requests

    void metadata(Consumer<Metadata> answer) {
        ClusterImage image = cluster.bugs.is(Bug.METADATA_BEHIND_EPOCH) ? imageBefore : session.image();
        Optional<TopicImage> topic = image.topic(Cluster.TOPIC);
        List<Route> routes = new ArrayList<>();
        for (int i = 0; topic.isPresent() && i < topic.get().partitionCount(); i++) {
            ShardImage shard = image.shardOf(topic.get(), i);
            routes.add(new Route(shard.leader(), shard.leaderEpoch()));
            cluster.oracle.onMetadata(this, shard);
        }
        answer.accept(new Metadata(image.version(), routes));
    }

    void produce(Produce request, Consumer<Produced> answer) {
        Optional<SimShard> shard = shardOf(request.partition());
        if (shard.isEmpty()) {
            answer.accept(new Produced(Errors.NOT_LEADER_OR_FOLLOWER, -1, Route.UNKNOWN));
        } else {
            shard.get().produce(request, answer);
        }
    }

    void fetch(Fetch request, Consumer<Fetched> answer) {
        Optional<SimShard> shard = shardOf(request.partition());
        if (shard.isEmpty()) {
            answer.accept(Fetched.failed(Errors.NOT_LEADER_OR_FOLLOWER, Route.UNKNOWN));
        } else {
            shard.get().fetch(request, answer);
        }
    }

    private Optional<SimShard> shardOf(int partition) {
        return session.image().topic(Cluster.TOPIC).map(topic -> shards.get(topic.shardOf(partition)));
    }

    /** Another broker follows a shard. */
    void serve(ReplicaFetch fetch, Consumer<SimShard.Answer> answer) {
        SimShard shard = shards.get(fetch.shardId());
        if (shard != null) {
            shard.serve(fetch, answer);
        }
    }

    /** A follower asks for a snapshot; nobody answers who does not lead. */
    void snapshot(int shardId, Consumer<SnapshotCopy.Manifest> answer) {
        SimShard shard = shards.get(shardId);
        if (shard != null && shard.replica().leads()) {
            int committed = (int) shard.replica().commitLsn();
            answer.accept(new SnapshotCopy.Manifest(
                    id() + "/" + shardId + "/" + committed,
                    List.copyOf(shard.store().entries().subList(0, committed)),
                    shard.store().startLsn()));
        }
    }

    /** A snapshot is complete: it takes the place of the shard's log, at once. */
    void install(int shardId, ShardDisk disk) {
        shards.remove(shardId).close();
        loops.remove(shardId);
        host.disk(shardId).replaceBy(disk);
        trace.log(
                "shard %d: broker %d goes on from a snapshot at %d",
                shardId, id(), disk.live().size());
        follow(session.image());
    }

    /** A shard's log was forced: what counts for the leader is more. */
    void onForced(SimShard shard) {
        if (!shard.replica().leads()) {
            loops.get(shard.shardId()).fetch();
        }
    }

    /** The shard on this broker; null when it has none. */
    SimShard shard(int shardId) {
        return shards.get(shardId);
    }

    private void tick() {
        after(TICK_MS, this::tick);
        shards.values().forEach(SimShard::tick);
    }

    /** Leaves in order, and stops. */
    void shutDown() {
        trace.log("broker %d shuts down", id());
        session.leave();
        after(LEAVE_MS, () -> {
            shards.values().forEach(shard -> shard.store().checkpoint());
            host.markClean(session.brokerEpoch());
            cluster.killBroker(id());
            if (cluster.mended()) {
                cluster.startBroker(id());
            }
        });
    }
}
