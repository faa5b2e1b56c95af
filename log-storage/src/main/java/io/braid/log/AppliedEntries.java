package io.braid.log;

/** Hears what the entries of a run are while they are applied, in order. Called on the shard thread. */
public interface AppliedEntries {
    AppliedEntries NONE = new AppliedEntries() {
        @Override
        public void onBatch(long lsn, int row, long startOffset, long endOffset, int bytes) {}

        @Override
        public void onLogStart(long lsn, long topicIdMsb, long topicIdLsb, int partition, long logStart) {}

        @Override
        public void onTopicDeleted(long lsn, long topicIdMsb, long topicIdLsb) {}
    };

    /** A batch was applied: it moved the partition's log end from {@code startOffset} to {@code endOffset}. */
    void onBatch(long lsn, int row, long startOffset, long endOffset, int bytes);

    /** A log start is about to be moved. */
    void onLogStart(long lsn, long topicIdMsb, long topicIdLsb, int partition, long logStart);

    /** A topic's rows are about to be removed. */
    void onTopicDeleted(long lsn, long topicIdMsb, long topicIdLsb);
}
