package io.braid.log.table;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.IntUnaryOperator;

/** The tables of a shard at one LSN, as loaded from a file. The tables pass to who loaded it. */
public final class Checkpoint {
    /**
     * What a checkpoint stands for.
     *
     * @param lsn entries below it are in the tables; recovery replays from here
     * @param firstUnindexedSegment the newest segment of each partition is kept as of below this one. Recovery has to
     *     take up the
     * segments from here on: from the directory of the index file where there is one, else by scanning and adding to
     * an
     *     ActiveIndex; only entries at or above {@code lsn} change the tables otherwise
     * @param segment the one that holds {@code lsn}; a hint
     * @param position where in that segment the entry of {@code lsn} begins; a hint
     */
    public record Position(long lsn, int firstUnindexedSegment, int segment, long position) {}

    /** Immutable input of {@link #write}: taken on the shard thread, written anywhere. */
    public record Snapshot(Position at, PartitionSnapshot partitions, ProducerSnapshot producers, EpochTable epochs) {}

    /** What a read gave: the checkpoint, or why it cannot be used. Both are empty when there is no file. */
    public record Loaded(Optional<Checkpoint> checkpoint, Optional<String> damage) {}

    private final Position at;
    private final PartitionTable partitions;
    private final ProducerTable producers;
    private final EpochTable epochs;

    Checkpoint(Position at, PartitionTable partitions, ProducerTable producers, EpochTable epochs) {
        this.at = at;
        this.partitions = partitions;
        this.producers = producers;
        this.epochs = epochs;
    }

    /** Takes a copy on the shard thread; costs one reference for 256 rows. */
    public static Snapshot copyOf(Position at, PartitionTable partitions, ProducerTable producers, EpochTable epochs) {
        return new Snapshot(at, partitions.snapshot(), producers.snapshot(), epochs.copy());
    }

    /**
     * Writes atomically: temporary file, force, rename, force of the directory. Any thread; blocks.
     *
     * @param newestBelow for a row of the snapshot: its newest segment below {@code firstUnindexedSegment}, -1 none.
     *     Asked only for rows
     *     whose newest segment is not below it (IndexSnapshot.newestBelow knows)
     * @return size of the file in bytes
     */
    public static long write(Path file, Snapshot snapshot, IntUnaryOperator newestBelow) throws IOException {
        return new CheckpointWriter(snapshot, newestBelow).write(file);
    }

    /** Reads into new tables. Never throws for what is in the file, nor when it cannot be read: that is damage too. */
    public static Loaded read(Path file, long producerMaxBytes, long producerSeed) {
        try {
            Checkpoint checkpoint = CheckpointReader.read(file, producerMaxBytes, producerSeed);
            return new Loaded(Optional.of(checkpoint), Optional.empty());
        } catch (NoSuchFileException e) {
            return new Loaded(Optional.empty(), Optional.empty());
        } catch (IOException e) {
            return new Loaded(Optional.empty(), Optional.of(String.valueOf(e.getMessage())));
        }
    }

    public Position at() {
        return at;
    }

    public PartitionTable partitions() {
        return partitions;
    }

    public ProducerTable producers() {
        return producers;
    }

    public EpochTable epochs() {
        return epochs;
    }
}
