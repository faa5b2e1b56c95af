package io.braid.broker.shard;

/**
 * A fetcher's wish to hear of one partition. Called on the shard thread; must not block.
 */
public interface FetchInterest {
    /** Consumers may see {@code bytes} more of the partition. */
    void onData(int bytes);

    /** The partition's leadership or existence changed: a waiting fetch must look again. */
    void onChange();
}
