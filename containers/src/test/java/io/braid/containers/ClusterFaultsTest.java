package io.braid.containers;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Three containers under load have a fault each: every partition must take writes and be read while it lasts, all replicas
 * must be in sync again once it is healed, and what was acknowledged must be there, once.
 */
@RequiresImage
class ClusterFaultsTest {

    private static Cluster cluster;

    @BeforeAll
    static void start() {
        cluster = new Cluster();
        cluster.start();
    }

    @AfterAll
    static void stop() {
        if (cluster != null) {
            cluster.close();
        }
    }

    @Test
    void nodeIsKilledAndComesBack() throws Exception {
        try (Workload load = new Workload("killed", cluster.bootstrap())) {
            load.awaitProgress("before");

            cluster.node(2).kill();
            load.awaitProgress("while a node is dead");
            assertThat(load.leaders()).isNotEmpty().doesNotContain(2);
            cluster.node(2).startAgain();
            cluster.node(2).awaitReady();

            load.awaitInSync();
            load.awaitProgress("after");
            load.verify();
        }
    }

    @Test
    void nodeIsPausedAndGoesOn() throws Exception {
        try (Workload load = new Workload("paused", cluster.bootstrap())) {
            load.awaitProgress("before");

            cluster.node(3).pause();
            try {
                load.awaitProgress("while a node is paused");
            } finally {
                cluster.node(3).resume();
            }

            load.awaitInSync();
            load.awaitProgress("after");
            load.verify();
        }
    }

    @Test
    void nodeIsCutOffFromItsPeersButNotFromItsClients() throws Exception {
        try (Workload load = new Workload("disconnected", cluster.bootstrap())) {
            load.awaitProgress("before");

            cluster.node(1).disconnect();
            try {
                load.awaitProgress("while a node is alone");
            } finally {
                cluster.node(1).connect();
            }

            load.awaitInSync();
            load.awaitProgress("after");
            load.verify();
        }
    }

    @Test
    void nodeDoesNotReachAnotherWhichReachesIt() throws Exception {
        try (Workload load = new Workload("one-way", cluster.bootstrap())) {
            load.awaitProgress("before");

            Cluster.Cut cut = cluster.cut(cluster.node(1), cluster.node(2));
            try {
                load.awaitProgress("while node 2 does not hear node 1");
            } finally {
                cut.heal();
            }

            load.awaitInSync();
            load.awaitProgress("after");
            load.verify();
        }
    }
}
