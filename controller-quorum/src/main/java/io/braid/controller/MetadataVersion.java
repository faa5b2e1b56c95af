package io.braid.controller;

/** Levels of the feature {@code metadata.version}: which formats of records and commands may be written. */
public final class MetadataVersion {
    /** Name of the feature. */
    public static final String FEATURE = "metadata.version";
    /** The first. */
    public static final short MIN = 1;
    /** The newest that this code can work with. */
    public static final short LATEST = 1;

    private MetadataVersion() {}
}
