package io.braid.protocol.watch;

/** The key and the limits of the metadata watch. */
public final class WatchApi {
    /** In ApiVersions of every broker that offers the watch. */
    public static final short KEY = 10_050;

    public static final short VERSION = 0;

    public static final String NAME = "MetadataWatch";

    /** Topics that one watch may name; a client with more follows them by ordinary Metadata. */
    public static final int MAX_TOPICS = 20_000;

    /** The longest wait a broker grants, in milliseconds. */
    public static final int MAX_WAIT_MS = 60_000;

    private WatchApi() {}
}
