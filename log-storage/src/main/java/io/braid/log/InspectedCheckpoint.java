package io.braid.log;

import java.nio.file.Path;

/**
 * A checkpoint that can be read.
 *
 * @param lsn entries below it are in its tables
 * @param fileBytes length of the file
 * @param partitions in its table
 * @param producers of all partitions
 * @param leaderEpochs in the epoch table
 */
public record InspectedCheckpoint(
        Path file, long lsn, long fileBytes, int partitions, int producers, int leaderEpochs) {}
