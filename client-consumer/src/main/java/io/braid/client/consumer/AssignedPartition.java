package io.braid.client.consumer;

import java.util.ArrayDeque;
import org.apache.kafka.common.TopicPartition;

/** What a consumer keeps of a partition that it reads: some 200 bytes. Owned as the {@link Fetcher} is. */
final class AssignedPartition {
    static final int NO_BROKER = -1;
    static final int NO_EPOCH = -1;
    static final long NO_OFFSET = -1;

    /** The group takes it away. */
    static final int HELD_BY_GROUP = 1;

    /** A record of it failed, and is given again after a pause. */
    static final int HELD_BY_RETRY = 2;

    /** The application was not told of it yet. */
    static final int HELD_UNTOLD = 4;

    /** How far a position is known. */
    enum Stage {
        /** Its committed offset is to be asked for. */
        NEEDS_COMMITTED,
        /** An offset is to be chosen by {@link #reset}. */
        NEEDS_OFFSET,
        /** The leader changed since the position was fetched: is it still in the log? */
        NEEDS_VALIDATION,
        /** May be fetched. */
        READY,
        /** Nothing goes on until somebody seeks. */
        FAILED
    }

    final AssignedTopic topic;
    final int partition;
    final TopicPartition name;

    Stage stage = Stage.NEEDS_COMMITTED;
    boolean asked; // a lookup that the stage needs is on its way
    OffsetReset reset; // with NEEDS_OFFSET: how
    int generation; // grows when what was fetched or asked for before is not wanted any more

    // What the application has read.
    long position = NO_OFFSET;
    int positionEpoch = NO_EPOCH;

    // What was fetched: at or ahead of the position.
    long fetchOffset = NO_OFFSET;
    int fetchEpoch = NO_EPOCH;
    final ArrayDeque<Chunk> chunks = new ArrayDeque<>(1);
    int bufferedBytes; // of chunks, also of one that is taken
    boolean queued; // among those ready to be read
    Chunk taken; // which somebody reads; null when nobody does

    // What the application, or the group, has said.
    boolean paused;
    volatile int holds; // HELD_ bits: why it is not to be read now; handlers look between two records

    // What brokers have said.
    long highWatermark = NO_OFFSET;
    long lastStableOffset = NO_OFFSET;
    int leader = NO_BROKER;
    int leaderEpoch = NO_EPOCH;
    int preferred = NO_BROKER;
    long preferredUntilNs;
    boolean delayed; // not before notBeforeNs
    long notBeforeNs;
    int failures; // in a row

    // Its place in a fetch session.
    FetchSession session; // where it is, or will be, fetched; null when it is not
    FetchSession listedIn; // the session whose broker has it, and is not to forget it
    int memberIndex;
    long joinedSerial = Long.MAX_VALUE; // answers to earlier requests are not for it

    AssignedPartition(AssignedTopic topic, int partition) {
        this.topic = topic;
        this.partition = partition;
        this.name = new TopicPartition(topic.name, partition);
    }

    /** The broker to fetch from. */
    int broker() {
        return preferred != NO_BROKER ? preferred : leader;
    }

    @Override
    public String toString() {
        return name + "@" + position + " " + stage;
    }
}
