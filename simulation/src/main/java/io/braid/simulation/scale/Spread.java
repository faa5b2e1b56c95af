package io.braid.simulation.scale;

import java.util.Map;

/** What came of a wave that spread in some way. */
final class Spread {
    private final Spreading world;
    private final Dissemination way;

    Spread(Spreading world, Dissemination way) {
        this.world = world;
        this.way = way;
    }

    Delays brokerDelays() {
        return world.brokerDelays();
    }

    Delays clientDelays() {
        return world.clientDelays();
    }

    /** The same for two runs only if they went the same way. */
    long fingerprint() {
        return world.fabric().fingerprint();
    }

    /** Delays are from the commit of each change, for each broker, and for each client that is told something. */
    Map<String, Object> figures() {
        Host leader = world.leader();
        long brokerBytes = 0;
        for (Follower follower : world.followers()) {
            brokerBytes += follower.host().sentBytes();
        }
        long busyNs = leader.busyNs(Host.Worker.RAFT)
                + leader.busyNs(Host.Worker.METADATA)
                + leader.busyNs(Host.Worker.NETWORK);
        Map<String, Object> figures = Figures.of(
                "happening", world.wave().happening().id(),
                "way", way.name(),
                "brokersReached", world.followers().size());
        world.brokerDelays().describe("broker", figures);
        world.clientDelays().describe("client", figures);
        figures.put("clientAnswers", world.clientAnswers());
        figures.put("clientBytes", world.clientBytes());
        figures.put("committingMs", Figures.rounded(world.lastCommitNs() / 1e6));
        figures.put("leaderSentBytes", leader.sentBytes());
        figures.put("leaderSentMessages", leader.sentMessages());
        figures.put("leaderCpuMs", Figures.rounded(busyNs / 1e6));
        figures.put("leaderSendsUntilMs", Figures.rounded(leader.sendsUntilNs() / 1e6));
        figures.put("brokersSentBytesToAll", brokerBytes);
        figures.put("events", world.fabric().events());
        way.describe(figures);
        return figures;
    }
}
