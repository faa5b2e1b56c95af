package io.braid.simulation.scale;

import io.braid.broker.handler.WatchHistory;
import io.braid.image.ClusterImage;
import java.util.ArrayList;
import java.util.List;

/** A broker: it has an image, and tells the clients that watch here when it changes. How it comes to newer ones is not its matter. */
final class Follower {
    private final int id;
    private final Host host;
    private final Spreading world;
    private final WatchHistory history = new WatchHistory();
    private final List<Watcher> waiting = new ArrayList<>();
    private ClusterImage image;

    Follower(int id, Host host, Spreading world, ClusterImage image) {
        this.id = id;
        this.host = host;
        this.world = world;
        this.image = image;
    }

    int id() {
        return id;
    }

    Host host() {
        return host;
    }

    ClusterImage image() {
        return image;
    }

    /** Takes a newer image, which it has just made, and lets those clients look whom the difference concerns. */
    void advance(ClusterImage next, int records) {
        ClusterImage before = image;
        WatchHistory.Difference difference = world.difference(before, next);
        history.add(before, next, difference);
        image = next;
        world.onReached(before.version(), next.version());
        Fabric fabric = world.fabric();
        fabric.work(host, Host.Worker.METADATA, fabric.costs().difference().of(records), () -> {
            List<Watcher> waited = new ArrayList<>(waiting);
            waiting.clear();
            for (Watcher watcher : waited) {
                boolean behind = watcher.table().version() < next.version();
                if (behind && world.concerns(watcher.subscription(), difference, before, next)) {
                    tell(watcher, before.version());
                } else {
                    waiting.add(watcher);
                }
            }
        });
    }

    /** A client that watches from its start on. */
    void park(Watcher watcher) {
        waiting.add(watcher);
    }

    /** A request of a client has come: it is answered at once if there is news, else it waits for some. */
    void onWatch(Watcher watcher) {
        long after = watcher.table().version();
        if (after < image.version() && concerned(watcher, after)) {
            tell(watcher, after);
        } else {
            waiting.add(watcher);
        }
    }

    private boolean concerned(Watcher watcher, long after) {
        WatchHistory.State state = history.since(after, image);
        return state.difference().isEmpty()
                || watcher.subscription().concernedBy(state.difference().get(), image);
    }

    private void tell(Watcher watcher, long newsAfter) {
        ClusterImage told = image;
        Spreading.News news = world.news(watcher, told, history);
        Fabric fabric = world.fabric();
        fabric.work(
                host,
                Host.Worker.NETWORK,
                fabric.costs().watch().of(news.bytes()),
                () -> fabric.send(host, watcher.host(), news.bytes(), () -> watcher.onNews(news, newsAfter)));
    }
}
