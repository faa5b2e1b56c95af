package io.braid.log;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.kafka.common.Uuid;

/**
 * An entry as {@link LogInspection} finds it, with good checksums.
 *
 * @param file its segment's
 * @param position of its header; in a rewritten segment, of the batch
 * @param lsn 0 in a compacted segment
 * @param type as in docs/on-disk-format.md: batch, epoch-start, log-start, topic-deleted, truncation
 * @param leaderEpoch it was written in
 * @param offset base offset of a batch; of a log start the new one
 * @param batch the record batch, between position and limit, good until the visitor returns; empty for other entries
 */
public record InspectedEntry(
        Path file,
        long position,
        long lsn,
        String type,
        int leaderEpoch,
        Uuid topicId,
        int partition,
        long offset,
        Optional<ByteBuffer> batch) {}
