package io.braid.client.consumer;

import io.braid.client.ClientConfig;
import java.time.Duration;
import java.util.Objects;
import org.apache.kafka.common.IsolationLevel;

/**
 * How a consumer works. Immutable.
 *
 * @param client how the cluster is reached
 * @param fetchMinBytes a broker answers when it has this much, or {@code fetchMaxWait} is over
 * @param fetchMaxWait how long a broker may wait for data; below the request time-out
 * @param fetchMaxBytes of one answer, unless its first batch is larger; at least 1 KB
 * @param partitionMaxBytes of one partition in an answer, likewise
 * @param prefetchBytes memory for what was fetched and is not read yet, and for answers on their way; only a first batch above
 *     {@code fetchMaxBytes} comes on top. At least 64 KB, and twice {@code fetchMaxBytes}
 * @param maxPollRecords of one poll
 * @param isolation whether records of transactions that are open, or were aborted, are read
 * @param reset where to begin without a position
 * @param checkCrc whether batches are checked against their CRC
 * @param rack where the consumer is: brokers then may send it to a replica there (KIP-392); "" for nowhere
 * @param autoCommit whether what was read is committed by interval, at a rebalance and at close; only with a group
 * @param autoCommitInterval between such commits
 * @param apiTimeout how long a call that asks a broker tries, unless it says otherwise
 */
public record ConsumerConfig(
        ClientConfig client,
        int fetchMinBytes,
        Duration fetchMaxWait,
        int fetchMaxBytes,
        int partitionMaxBytes,
        long prefetchBytes,
        int maxPollRecords,
        IsolationLevel isolation,
        OffsetReset reset,
        boolean checkCrc,
        String rack,
        boolean autoCommit,
        Duration autoCommitInterval,
        Duration apiTimeout) {
    private static final int MIN_FETCH_BYTES = 1 << 10;
    private static final int MAX_FETCH_BYTES = 100 << 20;
    private static final int COPIED_BYTES = 8 << 10;
    private static final long MIN_PREFETCH_BYTES = 64 << 10;

    public ConsumerConfig {
        Objects.requireNonNull(client, "client");
        Objects.requireNonNull(isolation, "isolation");
        Objects.requireNonNull(reset, "reset");
        Objects.requireNonNull(rack, "rack");
        range("fetchMinBytes", fetchMinBytes, 0, MAX_FETCH_BYTES);
        range("fetchMaxBytes", fetchMaxBytes, MIN_FETCH_BYTES, MAX_FETCH_BYTES);
        range("partitionMaxBytes", partitionMaxBytes, MIN_FETCH_BYTES, MAX_FETCH_BYTES);
        range("prefetchBytes", prefetchBytes, Math.max(MIN_PREFETCH_BYTES, 2L * fetchMaxBytes), 1L << 40);
        range("maxPollRecords", maxPollRecords, 1, Integer.MAX_VALUE);
        range(
                "fetchMaxWait",
                fetchMaxWait.toMillis(),
                0,
                client.requestTimeout().toMillis() - 1);
        range("autoCommitInterval", autoCommitInterval.toMillis(), 1, Integer.MAX_VALUE);
        range("apiTimeout", apiTimeout.toMillis(), 1, Integer.MAX_VALUE);
    }

    private static void range(String name, long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(name + " must be " + min + " to " + max + ": " + value);
        }
    }

    boolean readCommitted() {
        return isolation == IsolationLevel.READ_COMMITTED;
    }

    FetchSettings fetchSettings(boolean inGroup) {
        return new FetchSettings(
                fetchMaxBytes,
                partitionMaxBytes,
                prefetchBytes,
                COPIED_BYTES,
                client.retryBackoff().toNanos(),
                client.retryBackoffMax().toNanos(),
                client.metadataMaxAge().toNanos(),
                inGroup,
                readCommitted(),
                reset);
    }
}
