package io.braid.client.consumer;

/**
 * What the {@link Fetcher} needs of a consumer's settings. Immutable.
 *
 * @param copiedBytes answers up to this size are copied: they lie in buffers that are larger than they are
 * @param fromCommitted whether partitions begin at their committed offsets
 * @param preferredForNs how long a replica that a leader named is used before the leader is asked again
 */
record FetchSettings(
        int fetchMaxBytes,
        int partitionMaxBytes,
        long prefetchBytes,
        int copiedBytes,
        long retryBackoffNs,
        long retryBackoffMaxNs,
        long preferredForNs,
        boolean fromCommitted,
        boolean readCommitted,
        OffsetReset reset) {}
