package io.braid.broker.config;

import static io.braid.broker.config.ConfigKey.key;
import static io.braid.broker.config.ConfigType.integer;
import static io.braid.broker.config.ConfigType.whole;

/** The keys of a node that say how it copies the shards that others lead, and when a follower counts as behind. */
public final class ReplicationKeys {
    public static final ConfigKey<Integer> FETCH_MAX_BYTES = key(
            "replica.fetch.max.bytes",
            integer(64 << 10, 64 << 20),
            "4194304",
            "bytes",
            "Entries of all shards in one answer to a follower. A follower has two or three requests on their way to each"
                    + " leader.");
    public static final ConfigKey<Integer> FETCH_WAIT_MAX_MS = key(
            "replica.fetch.wait.max.ms",
            integer(10, 60_000),
            "1000",
            "ms",
            "How long a leader keeps a follower's request while there is no news. A connection that is silent for two"
                    + " seconds more is made anew.");
    public static final ConfigKey<Long> LAG_TIME_MAX_MS = key(
            "replica.lag.time.max.ms",
            whole(100, Long.MAX_VALUE),
            "10000",
            "ms",
            "Lag after which a follower leaves the in-sync set. One whose process is gone leaves it by"
                    + " broker.session.timeout.ms.");
    public static final ConfigKey<Long> CATCH_UP_BYTES_PER_SECOND = key(
                    "replica.catch.up.bytes.per.second",
                    whole(64 << 10, Long.MAX_VALUE),
                    Long.toString(Long.MAX_VALUE),
                    "bytes/s",
                    "Most that this node copies, from all leaders together, for shards in whose in-sync set it is not.")
            .atRunTime();
    public static final ConfigKey<Integer> MOVE_MAX_CONCURRENT = key(
                    "replica.move.max.concurrent",
                    integer(1, 1_000_000),
                    "4",
                    "",
                    "Shards that moves bring to this node and that it copies at a time; others wait for their turn.")
            .atRunTime();

    private ReplicationKeys() {}
}
