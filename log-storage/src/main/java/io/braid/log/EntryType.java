package io.braid.log;

/** Types of entries, as numbered on disk. Numbers are never reused. */
public final class EntryType {
    /** A record batch of format v2 as its payload. */
    public static final byte BATCH = 1;

    /** Start of a leader epoch. */
    public static final byte EPOCH_START = 2;

    /** A partition's log start moves to the base offset of the header. */
    public static final byte LOG_START = 3;

    /** A topic and all its data here are gone. */
    public static final byte TOPIC_DELETED = 4;

    /** First entry of a file: what earlier files hold from its LSN on is void; the next entry has this LSN again. */
    public static final byte TRUNCATION = 5;

    private static final byte LAST = TRUNCATION;

    private EntryType() {}

    /** The type's name for people. */
    static String name(byte type) {
        return switch (type) {
            case BATCH -> "batch";
            case EPOCH_START -> "epoch-start";
            case LOG_START -> "log-start";
            case TOPIC_DELETED -> "topic-deleted";
            case TRUNCATION -> "truncation";
            default -> "type-" + type;
        };
    }

    static boolean known(byte type) {
        return type >= BATCH && type <= LAST;
    }
}
