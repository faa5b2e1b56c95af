package io.braid.simulation.scale;

import io.braid.simulation.Chance;
import io.braid.simulation.Timeline;

/** Simulated time, machines' threads and the links between machines. A message takes its latency and its bytes' time twice. */
final class Fabric {
    private static final int RARE = 100;
    private static final int RARE_FACTOR = 10;

    private final Timeline timeline = new Timeline();
    private final LinkModel links;
    private final Chance chance;
    private final Costs costs;

    Fabric(LinkModel links, Chance chance, Costs costs) {
        this.links = links;
        this.chance = chance;
        this.costs = costs;
    }

    Costs costs() {
        return costs;
    }

    Chance chance() {
        return chance;
    }

    long nowNs() {
        return timeline.nowUs() * 1_000;
    }

    void at(long ns, Runnable task) {
        timeline.after((ns - nowNs() + 999) / 1_000, task);
    }

    /** Lets the machine's thread work, and then does what comes of it. */
    void work(Host host, Host.Worker worker, long costNs, Runnable then) {
        at(host.work(worker, nowNs(), costNs), then);
    }

    /** Sends a message; {@code onArrival} happens when the receiver's network thread has it. */
    void send(Host from, Host to, long bytes, Runnable onArrival) {
        from.work(Host.Worker.NETWORK, nowNs(), costs.messageNs());
        long left = from.send(nowNs(), bytes, links) - links.wireNs(bytes);
        at(
                left + latencyNs(from, to),
                () -> at(
                        to.receive(nowNs(), bytes, links),
                        () -> work(to, Host.Worker.NETWORK, costs.messageNs(), onArrival)));
    }

    /** Sends a message to nobody. */
    void lose(Host from, long bytes) {
        from.work(Host.Worker.NETWORK, nowNs(), costs.messageNs());
        from.send(nowNs(), bytes, links);
    }

    private long latencyNs(Host from, Host to) {
        boolean near = from.rack() >= 0 && from.rack() == to.rack();
        long least = (near ? links.sameRackUs() : links.otherRackUs()) * 1_000;
        long factor = chance.oneIn(RARE) ? RARE_FACTOR : 1;
        return factor * (least + chance.between(0, least * links.jitterPercent() / 100));
    }

    /** Lets the next event happen; false when there is none. */
    boolean step() {
        return timeline.step();
    }

    long events() {
        return timeline.steps();
    }

    long fingerprint() {
        return timeline.fingerprint();
    }
}
