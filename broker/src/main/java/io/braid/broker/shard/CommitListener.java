package io.braid.broker.shard;

/** Hears what a rise of the commit LSN changes for readers. Called on the shard thread; must not block. */
public interface CommitListener {
    CommitListener NONE = new CommitListener() {
        @Override
        public void onAdvance(int partitionRow, int bytes) {}

        @Override
        public void onHighWatermarksKnown() {}

        @Override
        public void onRowRemoved(int partitionRow) {}
    };

    /** A batch of {@code bytes} may be read. */
    void onAdvance(int partitionRow, int bytes);

    /**
     * Everything that was in the log when it was opened is committed: every partition's high watermark rose from its log
     * start, also where nothing was appended since.
     */
    void onHighWatermarksKnown();

    /** The partition's topic is gone, and the row may be given to another partition. */
    void onRowRemoved(int partitionRow);
}
