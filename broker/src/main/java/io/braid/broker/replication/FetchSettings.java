package io.braid.broker.replication;

import io.braid.protocol.network.ConnectOptions;
import java.time.Duration;

/**
 * How a follower fetches.
 *
 * @param brokerId this broker
 * @param maxBytes of entries in an answer
 * @param maxWaitMs how long a leader keeps a request without news
 * @param copying how shards are copied in whose in-sync set this broker is not, until {@link LeaderLinks#copy} says otherwise
 * @param connect how to connect to leaders
 */
public record FetchSettings(int brokerId, int maxBytes, int maxWaitMs, CopyLimits copying, ConnectOptions connect) {
    private static final int SILENCE_MS = 2000;

    /** A request that has no answer for so long means that the connection is dead. */
    Duration requestTimeout() {
        return Duration.ofMillis(maxWaitMs + SILENCE_MS);
    }

    /** Entries that were received and are not appended yet, in one lane; beyond it nothing more is asked for. */
    long maxUnappliedBytes() {
        return 4L * maxBytes;
    }
}
