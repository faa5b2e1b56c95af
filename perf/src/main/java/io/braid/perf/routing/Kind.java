package io.braid.perf.routing;

import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** How leaders are changed. */
enum Kind {
    /** One shard after the other gets another leader, while all nodes run. */
    ELECT(500) {
        @Override
        void make(RoutingCluster cluster, int wanted, int firstTurn, long pauseMs)
                throws IOException, InterruptedException, ExecutionException, TimeoutException {
            int made = 0;
            for (int turn = firstTurn; made < wanted; turn++) {
                cluster.prefer(turn);
                for (int partition : cluster.onePartitionOfEachShard()) {
                    if (made < wanted && cluster.elect(partition)) {
                        made++;
                        TimeUnit.MILLISECONDS.sleep(pauseMs);
                    }
                }
            }
        }
    },
    /** Nodes are stopped in turn, and started again. */
    STOP(2_000) {
        @Override
        void make(RoutingCluster cluster, int wanted, int firstTurn, long pauseMs)
                throws IOException, InterruptedException, ExecutionException, TimeoutException {
            for (int turn = firstTurn; turn < firstTurn + wanted; turn++) {
                int node = 1 + turn % RoutingCluster.NODES;
                cluster.stop(node);
                TimeUnit.MILLISECONDS.sleep(pauseMs);
                cluster.restart(node);
            }
        }
    },
    /** Nodes are killed in turn, and started again. */
    KILL(10_000) {
        @Override
        void make(RoutingCluster cluster, int wanted, int firstTurn, long pauseMs)
                throws IOException, InterruptedException, ExecutionException, TimeoutException {
            for (int turn = firstTurn; turn < firstTurn + wanted; turn++) {
                int node = 1 + turn % RoutingCluster.NODES;
                cluster.kill(node);
                TimeUnit.MILLISECONDS.sleep(pauseMs);
                cluster.restart(node);
            }
        }
    };

    private final long aroundMs;

    Kind(long aroundMs) {
        this.aroundMs = aroundMs;
    }

    /** Records due so long before and after a change may be held up by it. */
    long aroundMs() {
        return aroundMs;
    }

    String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Changes leaders.
     *
     * @param wanted elections, or nodes that are stopped
     * @param firstTurn differs from run to run, so that the first leaders are others than the last of the run before
     * @param pauseMs after each
     */
    abstract void make(RoutingCluster cluster, int wanted, int firstTurn, long pauseMs)
            throws IOException, InterruptedException, ExecutionException, TimeoutException;
}
