package io.braid.simulation.scale;

import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What happens to a cluster, of which the cost and the spreading are looked at. */
enum Happening {
    BROKER_LOSS("broker-loss", "one broker is fenced") {
        @Override
        void happen(Operations on) {
            on.fence(0);
        }

        @Override
        Set<Integer> dead(ClusterSize size) {
            return Set.of(0);
        }
    },
    BROKER_RETURN("broker-return", "it registers, serves, catches up, and gets its leadership back") {
        @Override
        void prepare(Operations on) {
            on.fence(0);
        }

        @Override
        void happen(Operations on) {
            on.comeBack(0, false);
        }
    },
    RACK_LOSS("rack-loss", "every broker of one rack is fenced") {
        @Override
        void happen(Operations on) {
            dead(on.size()).forEach(on::fence);
        }

        @Override
        Set<Integer> dead(ClusterSize size) {
            return IntStream.range(0, size.brokers())
                    .filter(id -> id % size.racks() == 0)
                    .boxed()
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    },
    ROLLING_RESTART("rolling-restart", "one broker after another stops in order and comes back") {
        @Override
        void happen(Operations on) {
            for (int id = 0; id < restarts(on.size()); id++) {
                on.fence(id);
                on.comeBack(id, true);
            }
        }
    },
    BIG_TOPIC("topic-big", "one topic of 10,000,000 partitions is created") {
        @Override
        void happen(Operations on) {
            on.create("clicks", 1, BIG_TOPIC_PARTITIONS);
        }
    },
    MANY_TOPICS("topics-many", "10,000 topics of 10 partitions are created, 1,000 in a command") {
        @Override
        void happen(Operations on) {
            for (int batch = 0; batch < 10; batch++) {
                on.create("batch-" + batch, SizedCluster.BATCH, 10);
            }
        }
    };

    static final int BIG_TOPIC_PARTITIONS = 10_000_000;
    private static final int RESTARTS = 10;

    private final String id;
    private final String description;

    Happening(String id, String description) {
        this.id = id;
        this.description = description;
    }

    String id() {
        return id;
    }

    String description() {
        return description;
    }

    /** What has happened before, which is not looked at. */
    void prepare(Operations on) {}

    abstract void happen(Operations on);

    /** Brokers that do not run while it spreads. */
    Set<Integer> dead(ClusterSize size) {
        return Set.of();
    }

    /** How many brokers a rolling restart restarts here: brokers are alike, and the rest costs as much each. */
    static int restarts(ClusterSize size) {
        return Math.min(RESTARTS, size.brokers());
    }
}
