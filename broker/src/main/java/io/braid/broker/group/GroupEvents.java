package io.braid.broker.group;

/** Told of what is measured. Thread-safe. */
public interface GroupEvents {
    GroupEvents NONE = new GroupEvents() {
        @Override
        public void committed(int offsets, long nanos) {}

        @Override
        public void rebalanced(int count) {}

        @Override
        public void loaded(long records, long millis) {}
    };

    /** An OffsetCommit was answered, {@code nanos} after it came in. */
    void committed(int offsets, long nanos);

    void rebalanced(int count);

    /** A partition's state was loaded. */
    void loaded(long records, long millis);
}
