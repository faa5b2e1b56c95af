package io.braid.controller;

/** Bounds of commands, checked before anything is proposed. */
public final class Limits {
    /** Bytes an encoded command may have: well below the 16 MiB at which the Raft log refuses an entry. */
    public static final int MAX_COMMAND_BYTES = 8 << 20;
    /** Partitions of a topic. */
    public static final int MAX_PARTITIONS = 10_000_000;
    /** Keys set on one resource. */
    public static final int MAX_CONFIG_KEYS = 1_000;
    /** Characters of a config value. */
    public static final int MAX_CONFIG_VALUE = 32_767;
    /** Producer ids given to a broker at once. */
    public static final int PRODUCER_ID_BLOCK = 1_000;
    /** Controllers, those included that are about to join. */
    public static final int MAX_CONTROLLERS = 15;
    /** Brokers that may be registered. */
    public static final int MAX_BROKERS = 10_000;
    /** Commands of one client that may be unanswered. */
    public static final int MAX_UNANSWERED = 256;
    /** Clients whose results are kept. */
    public static final int MAX_CLIENTS = 4_096;

    private Limits() {}
}
