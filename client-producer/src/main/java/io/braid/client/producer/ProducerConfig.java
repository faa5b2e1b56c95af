package io.braid.client.producer;

import io.braid.client.ClientConfig;
import java.time.Duration;
import java.util.Objects;

/**
 * How a producer works. Immutable.
 *
 * @param client how the cluster is reached
 * @param batchBytes a batch is sent before it would become larger, unless it is a single record; at least 1 KB
 * @param maxRequestBytes likewise for the batches of one request; a larger record is refused
 * @param bufferBytes memory for records that are not acknowledged yet, what they cost on the heap included; compressed
 *     copies of what is in flight come on top
 * @param linger how long a batch may wait for more records
 * @param adaptiveLinger whether a batch waits only while another request to the same broker is on its way, so that lone
 *     records leave at once; without, every batch that is not full waits {@code linger}
 * @param compression of batches
 * @param maxBlock how long a send may wait for memory or for a topic to be known; zero fails at once
 * @param deliveryTimeout from a record's send to its failure, whatever happens; not below the request timeout and linger
 * @param maxRequestsInFlight to one broker, 1 to 5: brokers know repetitions among the last five batches
 */
public record ProducerConfig(
        ClientConfig client,
        int batchBytes,
        int maxRequestBytes,
        long bufferBytes,
        Duration linger,
        boolean adaptiveLinger,
        CompressionCodec compression,
        Duration maxBlock,
        Duration deliveryTimeout,
        int maxRequestsInFlight) {
    private static final int MIN_BATCH_BYTES = 1 << 10;
    private static final int MAX_BATCH_BYTES = 512 << 20;
    private static final long MIN_BUFFER_BYTES = 256 << 10;

    public ProducerConfig {
        Objects.requireNonNull(client, "client");
        Objects.requireNonNull(compression, "compression");
        range("batchBytes", batchBytes, MIN_BATCH_BYTES, MAX_BATCH_BYTES);
        range("maxRequestBytes", maxRequestBytes, batchBytes, MAX_BATCH_BYTES);
        range("bufferBytes", bufferBytes, Math.max(MIN_BUFFER_BYTES, 2L * batchBytes), 1L << 40);
        range("linger", linger.toMillis(), 0, 60_000);
        range("maxBlock", maxBlock.toMillis(), 0, Integer.MAX_VALUE);
        range("maxRequestsInFlight", maxRequestsInFlight, 1, PartitionState.MAX_IN_FLIGHT);
        Duration least = client.requestTimeout().plus(linger);
        if (deliveryTimeout.compareTo(least) < 0) {
            throw new IllegalArgumentException(
                    "deliveryTimeout must be at least requestTimeout + linger = " + least + ": " + deliveryTimeout);
        }
    }

    private static void range(String name, long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(name + " must be " + min + " to " + max + ": " + value);
        }
    }
}
