package io.braid.controller.balance;

/** What is to be even. */
public enum Goal {
    /** Bytes stored by each broker. */
    BYTES {
        @Override
        double weight(ShardLoad load) {
            return load.bytes() + 1.0; // so that shards without data are spread too
        }
    },
    /** Bytes a second written to each broker. */
    RATE {
        @Override
        double weight(ShardLoad load) {
            return load.bytesPerSecond() + 1e-3;
        }
    },
    /** Shards that each broker is the preferred leader of; nothing is copied for it. */
    LEADERS {
        @Override
        double weight(ShardLoad load) {
            return 0;
        }
    };

    /** What a replica counts for. */
    abstract double weight(ShardLoad load);
}
