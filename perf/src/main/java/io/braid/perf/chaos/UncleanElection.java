package io.braid.perf.chaos;

import io.braid.perf.chaos.cluster.BraidCluster;
import io.braid.perf.chaos.cluster.ClusterAdmin;
import io.braid.perf.chaos.cluster.Links;
import io.braid.perf.chaos.history.HistoryFile;
import io.braid.perf.chaos.history.Op;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.common.ElectionType;

/**
 * The course of {@link Plant#UNCLEAN}: one node is cut off from the others' replication until it is alone in sync, writes
 * on alone, is killed, and another is made leader that never saw those records.
 */
final class UncleanElection {
    private static final Duration ALONE = Duration.ofSeconds(60);
    private static final long WRITING_MS = 3_000;

    private final BraidCluster cluster;
    private final ClusterAdmin admin;
    private final HistoryFile history;
    private final Consumer<String> log;

    UncleanElection(BraidCluster cluster, ClusterAdmin admin, HistoryFile history, Consumer<String> log) {
        this.cluster = cluster;
        this.admin = admin;
        this.history = history;
        this.log = log;
    }

    void run(String topic) throws IOException, InterruptedException {
        Thread.sleep(WRITING_MS);
        int victim = admin.leaders(topic).get(0);
        note("cuts node " + victim + " off from the replication of others");
        for (int node = 1; node <= cluster.size(); node++) {
            if (node != victim) {
                cluster.links().cut(victim, node, Links.Lane.BROKER);
                cluster.links().cut(node, victim, Links.Lane.BROKER);
            }
        }
        long deadlineNs = System.nanoTime() + ALONE.toNanos();
        while (!alone(topic, victim) && System.nanoTime() < deadlineNs) {
            Thread.sleep(200);
        }
        Thread.sleep(WRITING_MS);
        note("kill -9 of node " + victim);
        cluster.kill(victim);
        cluster.links().mendAll();
        Thread.sleep(WRITING_MS);
        note("unclean election");
        admin.elect(ElectionType.UNCLEAN);
        Thread.sleep(WRITING_MS);
    }

    private boolean alone(String topic, int victim) throws InterruptedException {
        List<Set<Integer>> inSync = admin.inSyncWhereLeading(topic, victim);
        return !inSync.isEmpty() && inSync.stream().allMatch(members -> members.equals(Set.of(victim)));
    }

    private void note(String what) {
        history.note(Op.Note.Kind.FAULT, "unclean", what);
        log.accept(what);
    }
}
