package io.braid.client.consumer;

/**
 * What the {@link Fetcher} needs of a consumer's settings. Immutable.
 *
 * @param fromCommitted whether partitions begin at their committed offsets
 * @param preferredForNs how long a replica that a leader named is used before the leader is asked again
 */
record FetchSettings(
        int fetchMaxBytes,
        int partitionMaxBytes,
        long prefetchBytes,
        long retryBackoffNs,
        long retryBackoffMaxNs,
        long preferredForNs,
        boolean fromCommitted,
        boolean readCommitted,
        OffsetReset reset) {}
