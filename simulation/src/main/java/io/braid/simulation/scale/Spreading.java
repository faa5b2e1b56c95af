package io.braid.simulation.scale;

import io.braid.broker.handler.WatchHistory;
import io.braid.client.routing.RoutingTable;
import io.braid.image.ClusterImage;
import io.braid.simulation.Chance;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * One wave of changes on its way from the leading controller to all brokers that run, and from these to the clients, on a
 * modelled network. Everything begins level with the image before the wave; clients of brokers that do not run are at others.
 * Used once.
 */
final class Spreading {
    private static final long MOST_EVENTS = 200_000_000;

    /** What a client is told: bytes of the answer, and the table it makes of it. */
    record News(long bytes, RoutingTable table) {}

    private record NewsKey(int kind, long after, long version) {}

    private record Versions(long from, long to) {}

    private record ConcernKey(Subscription subscription, long before, long after) {}

    private final ClusterSize size;
    private final Wave wave;
    private final Fabric fabric;
    private final Host leader = new Host(0);
    private final List<Follower> followers = new ArrayList<>();
    private final List<Watcher> watchers = new ArrayList<>();
    private final Map<Long, Integer> changeAfter = new HashMap<>();
    private final long[] committedNs;
    private final Shared<NewsKey, News> news;
    private final Shared<ConcernKey, Boolean> concerns;
    private final Shared<Versions, WatchHistory.Difference> differences;
    private final Delays brokerDelays = new Delays();
    private final Delays clientDelays = new Delays();
    private int level;
    private long clientBytes;
    private long clientAnswers;
    private long lastCommitNs;

    /** @param sharing whether machines that would make equal things get the same one */
    Spreading(
            ClusterSize size,
            Wave wave,
            Population population,
            Costs costs,
            LinkModel links,
            long seed,
            boolean sharing) {
        this.size = size;
        this.wave = wave;
        this.fabric = new Fabric(links, new Chance(seed), costs);
        this.news = new Shared<>(sharing);
        this.concerns = new Shared<>(sharing);
        this.differences = new Shared<>(sharing);
        this.committedNs = new long[wave.changes().size()];
        for (int i = 0; i < committedNs.length; i++) {
            changeAfter.put(wave.changes().get(i).before().version(), i);
        }
        for (int id = 0; id < size.brokers(); id++) {
            if (!wave.dead().contains(id)) {
                followers.add(new Follower(id, new Host(id % size.racks()), this, wave.before()));
            }
        }
        List<RoutingTable> tables = population.tables(wave.before());
        for (int i = 0; i < population.clients(); i++) {
            int kind = i % population.kinds();
            Follower broker = followers.get(i % followers.size());
            Watcher watcher = new Watcher(new Host(-1), kind, population.kind(kind), this, broker, tables.get(kind));
            watchers.add(watcher);
            broker.park(watcher);
        }
    }

    Fabric fabric() {
        return fabric;
    }

    Host leader() {
        return leader;
    }

    ClusterImage before() {
        return wave.before();
    }

    /** Those that run. */
    List<Follower> followers() {
        return followers;
    }

    /** All there are. */
    int brokers() {
        return size.brokers();
    }

    /** Whether every broker that runs has everything. */
    boolean complete() {
        return level == followers.size();
    }

    /** Commits all changes, each once the one before it is applied, and lets everything come to rest. */
    Spread run(Function<Spreading, Dissemination> way) {
        Dissemination dissemination = way.apply(this);
        commit(0, dissemination);
        while (fabric.step()) {
            if (fabric.events() > MOST_EVENTS) {
                throw new IllegalStateException("it does not come to rest: " + dissemination.name());
            }
        }
        check();
        return new Spread(this, dissemination);
    }

    private void commit(int number, Dissemination dissemination) {
        Change change = wave.changes().get(number);
        long cost = fabric.costs().raftEntryNs()
                + fabric.costs().command().of(change.records().size());
        fabric.work(leader, Host.Worker.RAFT, cost, () -> {
            committedNs[number] = fabric.nowNs();
            lastCommitNs = fabric.nowNs();
            dissemination.onCommitted(change);
            if (number + 1 < wave.changes().size()) {
                commit(number + 1, dissemination);
            }
        });
    }

    /** A broker's image went from one version to another. */
    void onReached(long from, long to) {
        for (int i = changeAfter.get(from); i < committedNs.length; i++) {
            if (wave.changes().get(i).after().version() > to) {
                return;
            }
            brokerDelays.add(fabric.nowNs() - committedNs[i]);
        }
        level++;
    }

    /** A client has a table that tells of the first change after a version, and maybe of later ones. */
    void onTold(long after) {
        clientDelays.add(fabric.nowNs() - committedNs[changeAfter.get(after)]);
    }

    WatchHistory.Difference difference(ClusterImage before, ClusterImage after) {
        return differences.get(
                new Versions(before.version(), after.version()), () -> WatchHistory.between(before, after));
    }

    boolean concerns(
            Subscription subscription, WatchHistory.Difference difference, ClusterImage before, ClusterImage after) {
        return concerns.get(
                new ConcernKey(subscription, before.version(), after.version()),
                () -> subscription.concernedBy(difference, after));
    }

    News news(Watcher watcher, ClusterImage image, WatchHistory history) {
        long after = watcher.table().version();
        News told = news.get(new NewsKey(watcher.kind(), after, image.version()), () -> {
            ByteBuffer answer = Subscription.answer(
                    watcher.subscription().request(after),
                    image,
                    history.since(after, image).difference());
            return new News(answer.remaining(), Subscription.apply(watcher.table(), answer));
        });
        clientBytes += told.bytes();
        clientAnswers++;
        return told;
    }

    long requestBytes(Watcher watcher) {
        return watcher.subscription().requestBytes();
    }

    /** Whatever way it went, everybody must know the truth now. */
    private void check() {
        Set<ClusterImage> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Follower follower : followers) {
            if (seen.add(follower.image()) && !follower.image().equals(wave.after())) {
                throw new IllegalStateException("broker " + follower.id() + " has another image than the controller");
            }
        }
        Set<RoutingTable> tables = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Watcher watcher : watchers) {
            if (tables.add(watcher.table())) {
                watcher.subscription().check(watcher.table(), wave.after());
            }
        }
    }

    Wave wave() {
        return wave;
    }

    Delays brokerDelays() {
        return brokerDelays;
    }

    Delays clientDelays() {
        return clientDelays;
    }

    long clientBytes() {
        return clientBytes;
    }

    long clientAnswers() {
        return clientAnswers;
    }

    long lastCommitNs() {
        return lastCommitNs;
    }
}
