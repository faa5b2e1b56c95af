package io.braid.simulation;

import io.braid.controller.Command;
import io.braid.image.ClusterImage;
import io.braid.image.ShardImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Breaks things at random, and mends them some time later. */
final class Faults {
    private final Cluster cluster;
    private final Chance chance;
    private final long paceMs;
    private boolean over;

    Faults(Cluster cluster) {
        this.cluster = cluster;
        this.chance = cluster.chance.split();
        this.paceMs = chance.between(400, 4_000);
    }

    void start() {
        if (chance.percent(50)) {
            badNetwork();
        }
        next();
    }

    private void next() {
        cluster.timeline.after(chance.between(20, paceMs) * 1000, () -> {
            if (!over) {
                strike();
                next();
            }
        });
    }

    private void strike() {
        int machine = chance.below(cluster.settings.firstClient());
        switch (chance.below(26)) {
            case 0, 1 -> killBroker(anyBroker());
            case 2 -> killController(chance.below(cluster.settings.controllers()));
            case 3 -> {
                if (cluster.isController(machine)) {
                    killController(machine);
                }
                if (cluster.isBroker(machine)) {
                    killBroker(machine);
                }
            }
            case 4, 5 -> losePower(machine);
            case 6 -> pause(machine);
            case 7, 8 -> isolate(machine);
            case 9 -> cutPair();
            case 10 -> cluster.quorum.depose();
            case 11 -> badNetwork();
            case 12 -> pollAnother();
            case 13, 14 -> separate(anyBroker());
            case 15 -> wipe(anyBroker());
            case 16, 17 -> quiet();
            case 19 -> electPreferred();
            case 18 -> lastWords();
            case 20, 21, 22 -> moveShard();
            case 23 -> alterPlacement();
            case 24 -> moveToAndFro();
            default -> leave(anyBroker());
        }
    }

    /**
     * Whether to leave a machine's disk alone: mostly, when it may be the last that has everything of a shard, which would end
     * what there is to check of it.
     */
    private boolean spared(int machine) {
        return cluster.isBroker(machine)
                && chance.percent(85)
                && cluster.oracle.newestImage().shards().stream().anyMatch(shard -> shard.isr().stream()
                        .noneMatch(member ->
                                member != machine && cluster.broker(member) != null && cluster.oracle.intact(member)));
    }

    private void wipe(int id) {
        if (spared(id)) {
            return;
        }
        cluster.tally.count("wiped replicas");
        cluster.wipe(id);
        mend(downTimeMs(), () -> cluster.startBroker(id));
    }

    /**
     * A follower's disk is replaced while its last messages are still on their way, and nothing is written meanwhile. When it
     * is back the leaders hear of it by metadata only, and of what it had by those messages.
     */
    private void lastWords() {
        int id = cluster.settings.firstBroker() + chance.below(cluster.settings.brokers());
        long lagMs = chance.between(600, 2_500);
        cluster.trace.log("machine %d: messages take %d ms more", id, lagMs);
        quiet();
        cluster.network.lag(id, lagMs);
        cluster.timeline.after(chance.between(300, 800) * 1000, () -> {
            cluster.network.lag(id, 0);
            if (over) {
                return;
            }
            if (spared(id)) {
                return;
            }
            cluster.tally.count("wiped replicas");
            cluster.wipe(id);
            mend(chance.between(10, 300), () -> cluster.startBroker(id));
            SimController controller = cluster.quorum.leader();
            for (int other : cluster.brokerIds()) {
                if (controller == null || other != controller.machine()) {
                    cluster.network.cut(id, other);
                }
            }
            mend(lagMs + chance.between(100, 2_000), cluster.network::heal);
        });
    }

    /** A broker that its clients reach, and no other machine: what it is told to write is not committed. */
    private void separate(int id) {
        cluster.trace.log("machine %d is cut off from all but clients", id);
        for (int other = 0; other < cluster.settings.firstClient(); other++) {
            cluster.network.cut(id, other);
            cluster.network.cut(other, id);
        }
        mend(downTimeMs(), cluster.network::heal);
    }

    private void leave(int id) {
        if (cluster.broker(id) != null) {
            SimBroker leaving = cluster.broker(id);
            leaving.run(leaving::shutDown);
            mend(1_800 + downTimeMs(), () -> cluster.startBroker(id));
        }
    }

    private void badNetwork() {
        cluster.network.quality(chance.below(15), chance.below(10), chance.below(25));
    }

    private int anyBroker() {
        List<ShardImage> shards = cluster.oracle.newestImage().shards();
        int leader = shards.isEmpty() || chance.percent(50)
                ? ShardImage.NO_LEADER
                : chance.pick(shards).leader();
        return leader != ShardImage.NO_LEADER
                ? leader
                : cluster.settings.firstBroker() + chance.below(cluster.settings.brokers());
    }

    private void electPreferred() {
        propose(new Command.ElectLeaders(Command.Election.PREFERRED, List.of()));
    }

    /** One move, or two of which the second takes the place of the first. */
    private void moveShard() {
        List<ShardImage> shards = cluster.oracle.newestImage().shards();
        if (shards.isEmpty()) {
            return;
        }
        int shard = chance.pick(shards).id();
        moveAnywhere(shard);
        if (chance.percent(30)) {
            cluster.timeline.after(chance.between(10, 2_000) * 1000, () -> {
                if (!over) {
                    moveAnywhere(shard);
                }
            });
        }
    }

    private void moveAnywhere(int shard) {
        ClusterImage image = cluster.oracle.newestImage();
        List<Integer> ids = new ArrayList<>(cluster.brokerIds());
        List<Integer> target = new ArrayList<>();
        int count = image.pool(ShardImage.poolId(shard)).orElseThrow().replicationFactor();
        while (target.size() < count) {
            target.add(ids.remove(chance.below(ids.size())));
        }
        propose(new Command.MoveShards(List.of(new Command.ShardMove(shard, target))));
        cluster.tally.count("shard moves asked for");
    }

    /**
     * A follower loses its replica and is given it again at once, while its last messages, which tell of what it had, are still
     * on their way.
     */
    private void moveToAndFro() {
        List<ShardImage> shards = cluster.oracle.newestImage().shards();
        ShardImage shard = shards.isEmpty() ? null : chance.pick(shards);
        List<Integer> others = new ArrayList<>(cluster.brokerIds());
        if (shard == null || shard.moving() || !others.removeAll(shard.replicas()) || others.isEmpty()) {
            return;
        }
        List<Integer> before = shard.replicas();
        int leaves = before.get(chance.below(before.size()));
        List<Integer> meanwhile =
                before.stream().map(id -> id == leaves ? others.get(0) : id).toList();
        long lagMs = chance.between(300, 2_000);
        cluster.trace.log("machine %d: messages take %d ms more", leaves, lagMs);
        quiet();
        cluster.network.lag(leaves, lagMs);
        cluster.timeline.after(
                lagMs / 2 * 1000,
                () -> propose(new Command.MoveShards(List.of(new Command.ShardMove(shard.id(), meanwhile)))));
        backWhenMoved(new Command.ShardMove(shard.id(), before), leaves, 100);
    }

    private void backWhenMoved(Command.ShardMove back, int leaves, int tries) {
        cluster.timeline.after(50_000, () -> {
            ShardImage now = cluster.oracle.newestImage().shard(back.shardId()).orElseThrow();
            boolean moved = !now.replicas().contains(leaves);
            if (over || moved || tries == 0) {
                cluster.network.lag(leaves, 0);
            }
            if (!over && moved) {
                cluster.tally.count("shards moved to and fro");
                propose(new Command.MoveShards(List.of(back)));
            } else if (!over && tries > 0) {
                backWhenMoved(back, leaves, tries - 1);
            }
        });
    }

    /** A broker is cordoned or no longer, or the pool gets one replica more. */
    private void alterPlacement() {
        int broker = cluster.settings.firstBroker() + chance.below(cluster.settings.brokers());
        if (chance.percent(70)) {
            propose(new Command.CordonBroker(broker, true));
            mend(downTimeMs(), () -> propose(new Command.CordonBroker(broker, false)));
        } else {
            cluster.oracle.newestImage().pools().forEach(pool -> {
                if (pool.replicationFactor() < 3) {
                    propose(new Command.AlterPool(pool.id(), pool.replicationFactor() + 1, Optional.empty()));
                }
            });
        }
    }

    private void propose(Command command) {
        SimController controller = cluster.quorum.leader();
        if (controller != null) {
            controller.run(() -> controller.propose(command));
        }
    }

    private void quiet() {
        cluster.trace.log("producers have nothing to write");
        cluster.quiet(true);
        mend(chance.between(1_000, 6_000), () -> cluster.quiet(false));
    }

    /** Often so short that no session ends. */
    private long downTimeMs() {
        return chance.percent(50) ? chance.between(10, 400) : chance.between(400, 7_000);
    }

    private void killBroker(int id) {
        cluster.killBroker(id);
        mend(downTimeMs(), () -> cluster.startBroker(id));
    }

    private void killController(int id) {
        cluster.killController(id);
        mend(downTimeMs(), () -> cluster.startController(id));
    }

    private void losePower(int machine) {
        if (spared(machine)) {
            return;
        }
        cluster.tally.count("power losses");
        cluster.losePower(machine);
        mend(downTimeMs(), () -> {
            if (cluster.isController(machine)) {
                cluster.startController(machine);
            }
            if (cluster.isBroker(machine)) {
                cluster.startBroker(machine);
            }
        });
    }

    private void pause(int machine) {
        SimProcess broker = cluster.isBroker(machine) ? cluster.broker(machine) : null;
        SimProcess controller = cluster.isController(machine) ? cluster.quorum.controller(machine) : null;
        int which = chance.below(3);
        pauseProcess(which == 0 ? null : broker);
        pauseProcess(which == 1 ? null : controller);
    }

    private void pauseProcess(SimProcess process) {
        if (process != null) {
            process.trace.log(
                    "machine %d: %s pauses",
                    process.machine(), process.getClass().getSimpleName());
            process.pause();
            mend(downTimeMs(), () -> {
                if (process.alive()) {
                    process.trace.log(
                            "machine %d: %s goes on",
                            process.machine(), process.getClass().getSimpleName());
                    process.resume();
                }
            });
        }
    }

    private void isolate(int machine) {
        cluster.trace.log("machine %d is cut off", machine);
        int way = chance.below(4);
        for (int other = 0; other < cluster.settings.machines(); other++) {
            if (way != 0) {
                cluster.network.cut(machine, other);
            }
            if (way != 1) {
                cluster.network.cut(other, machine);
            }
        }
        mend(downTimeMs(), cluster.network::heal);
    }

    private void cutPair() {
        int a = chance.below(cluster.settings.machines());
        int b = chance.below(cluster.settings.machines());
        cluster.trace.log("no way from machine %d to %d", a, b);
        cluster.network.cut(a, b);
        if (chance.percent(50)) {
            cluster.network.cut(b, a);
        }
        mend(downTimeMs(), cluster.network::heal);
    }

    private void pollAnother() {
        SimBroker broker = cluster.broker(anyBroker());
        if (broker != null) {
            broker.session().pollAnother();
        }
    }

    private void mend(long afterMs, Runnable repair) {
        cluster.timeline.after(afterMs * 1000, () -> {
            if (!over) {
                repair.run();
            }
        });
    }

    /** No more of it: everything runs, and reaches everything else. */
    void end() {
        over = true;
        cluster.mend();
        cluster.quiet(false);
        cluster.trace.log("all is mended");
        cluster.network.heal();
        cluster.network.quality(0, 0, 0);
        for (int i = 0; i < cluster.settings.firstClient(); i++) {
            if (cluster.isController(i)) {
                SimController controller = cluster.quorum.controller(i);
                if (controller != null) {
                    controller.resume();
                }
                cluster.startController(i);
            }
            if (cluster.isBroker(i)) {
                SimBroker broker = cluster.broker(i);
                if (broker != null) {
                    broker.resume();
                }
                cluster.startBroker(i);
            }
        }
    }
}
