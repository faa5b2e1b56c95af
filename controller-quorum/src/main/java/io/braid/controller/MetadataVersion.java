package io.braid.controller;

import io.braid.image.FeatureRange;
import java.util.List;

/** Levels of the feature {@code metadata.version}: which formats of records and commands may be written. */
public final class MetadataVersion {
    /** Name of the feature. */
    public static final String FEATURE = "metadata.version";
    /** The first. */
    public static final short MIN = 1;
    /** From here on shards move: records name the replicas that are added and removed, and brokers are cordoned. */
    public static final short SHARD_MOVES = 2;
    /** The newest that this code can work with. */
    public static final short LATEST = SHARD_MOVES;

    private MetadataVersion() {}

    /** The features of this release, as a broker registers them. */
    public static List<FeatureRange> supported() {
        return List.of(new FeatureRange(FEATURE, MIN, LATEST));
    }
}
