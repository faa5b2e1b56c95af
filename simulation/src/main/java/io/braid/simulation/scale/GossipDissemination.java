package io.braid.simulation.scale;

import io.braid.image.ClusterImage;
import io.braid.quorum.message.RecordBatch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The alternative: the leader sends each delta to a few brokers, and who gets it first passes it on to as many, at random
 * among those that its image says run (infect and die: Demers 1987). What that leaves out is repaired by anti-entropy:
 * each broker asks another one from time to time for what it lacks.
 */
final class GossipDissemination implements Dissemination {
    private static final long ANTI_ENTROPY_NS = 100_000_000;
    private static final int DIGEST_BYTES = 16;
    private static final int HEADER_BYTES = 24;
    private static final int TRIES = 20;

    private final Spreading world;
    private final int fanOut;
    private final Shared<Long, ClusterImage> images;
    private final List<Peer> peers = new ArrayList<>();
    private final Map<Integer, Peer> running = new HashMap<>();
    private final List<Change> committed = new ArrayList<>();
    private ClusterImage leaderImage;
    private long messages;
    private long redundantMessages;
    private long redundantBytes;
    private long lostMessages;
    private long peerBytes;
    private long repairs;
    private int mostHops;

    /** What a broker has of gossip. */
    private static final class Peer {
        final Follower follower;
        /** By the version they follow. */
        final Map<Long, Change> early = new HashMap<>();
        /** Of the newest change that was handed to the thread that applies them. */
        long queued;

        Peer(Follower follower) {
            this.follower = follower;
            this.queued = follower.image().version();
        }

        boolean has(Change change) {
            return change.after().version() <= queued
                    || early.containsKey(change.before().version());
        }
    }

    GossipDissemination(Spreading world, int fanOut, boolean sharing) {
        this.world = world;
        this.fanOut = fanOut;
        this.images = new Shared<>(sharing);
        this.leaderImage = world.before();
        for (Follower follower : world.followers()) {
            Peer peer = new Peer(follower);
            peers.add(peer);
            running.put(follower.id(), peer);
            long first = world.fabric().chance().between(0, ANTI_ENTROPY_NS);
            world.fabric().at(first, () -> antiEntropy(peer));
        }
    }

    @Override
    public String name() {
        return "gossip-" + fanOut;
    }

    @Override
    public void onCommitted(Change change) {
        committed.add(change);
        leaderImage = change.after();
        for (int i = 0; i < fanOut; i++) {
            send(world.leader(), pick(leaderImage, -1), change, 1);
        }
    }

    private void send(Host from, int to, Change change, int hops) {
        messages++;
        Peer peer = running.get(to);
        long bytes = (long) change.delta().length + HEADER_BYTES;
        peerBytes += bytes;
        if (peer == null) {
            lostMessages++;
            world.fabric().lose(from, bytes);
            return;
        }
        world.fabric().send(from, peer.follower.host(), bytes, () -> onGossip(peer, change, hops));
    }

    private void onGossip(Peer peer, Change change, int hops) {
        if (peer.has(change)) {
            redundantMessages++;
            redundantBytes += change.delta().length + HEADER_BYTES;
            return;
        }
        mostHops = Math.max(mostHops, hops);
        Follower follower = peer.follower;
        for (int i = 0; i < fanOut; i++) {
            send(follower.host(), pick(follower.image(), follower.id()), change, hops + 1);
        }
        take(peer, change);
    }

    /** Applies it once all before it are. */
    private void take(Peer peer, Change change) {
        peer.early.put(change.before().version(), change);
        for (Change next = peer.early.remove(peer.queued); next != null; next = peer.early.remove(peer.queued)) {
            Change applied = next;
            peer.queued = next.after().version();
            int records = next.records().size();
            world.fabric()
                    .work(
                            peer.follower.host(),
                            Host.Worker.METADATA,
                            world.fabric().costs().apply().of(records),
                            () -> peer.follower.advance(apply(peer.follower.image(), applied), records));
        }
    }

    private ClusterImage apply(ClusterImage have, Change change) {
        return images.get(have.version(), () -> {
            RecordBatch batch = RecordBatch.decode(change.delta());
            return have.apply(batch.version(), batch.records());
        });
    }

    private void antiEntropy(Peer peer) {
        if (world.complete()) {
            return;
        }
        Peer other = running.get(pick(peer.follower.image(), peer.follower.id()));
        if (other != null) {
            Host asking = peer.follower.host();
            Host asked = other.follower.host();
            long has = peer.queued;
            world.fabric().send(asking, asked, DIGEST_BYTES, () -> {
                for (Change change : committed) {
                    if (change.before().version() >= has && change.after().version() <= other.queued) {
                        repairs++;
                        world.fabric()
                                .send(
                                        asked,
                                        asking,
                                        change.delta().length + HEADER_BYTES,
                                        () -> onRepair(peer, change));
                    }
                }
            });
        }
        world.fabric().at(world.fabric().nowNs() + ANTI_ENTROPY_NS, () -> antiEntropy(peer));
    }

    private void onRepair(Peer peer, Change change) {
        if (peer.has(change)) {
            redundantBytes += change.delta().length + HEADER_BYTES;
        } else {
            take(peer, change);
        }
    }

    /** A broker that runs as far as the image knows, but not this one, if one is found soon. */
    private int pick(ClusterImage image, int butNot) {
        int brokers = world.brokers();
        int picked = butNot;
        for (int i = 0; i < TRIES && (picked == butNot || isFenced(image, picked)); i++) {
            picked = world.fabric().chance().below(brokers);
        }
        return picked;
    }

    private static boolean isFenced(ClusterImage image, int broker) {
        return image.broker(broker).map(b -> b.fenced()).orElse(true);
    }

    @Override
    public void describe(Map<String, Object> into) {
        into.put("messages", messages);
        into.put("peerBytes", peerBytes);
        into.put("messagesLost", lostMessages);
        into.put("redundantMessages", redundantMessages);
        into.put("redundantBytes", redundantBytes);
        into.put("hops", mostHops);
        into.put("repairs", repairs);
    }
}
