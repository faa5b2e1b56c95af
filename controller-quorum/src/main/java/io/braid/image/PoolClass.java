package io.braid.image;

/** What a pool's shards are for. The ids are stored. */
public enum PoolClass {
    ORDINARY((byte) 0),
    /** The cluster's own topics and compacted ones: beside a firehose they would make every segment worth rewriting. */
    INTERNAL_AND_COMPACTED((byte) 1),
    /** All of the pool belongs to one topic. */
    DEDICATED((byte) 2);

    private final byte id;

    PoolClass(byte id) {
        this.id = id;
    }

    public byte id() {
        return id;
    }

    /**
     * The class with an id.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static PoolClass of(byte id) {
        for (PoolClass each : values()) {
            if (each.id == id) {
                return each;
            }
        }
        throw new IllegalArgumentException("pool class " + id);
    }
}
