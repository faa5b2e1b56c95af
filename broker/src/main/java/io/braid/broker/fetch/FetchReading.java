package io.braid.broker.fetch;

import io.braid.log.PartitionView;
import io.braid.log.SegmentGoneException;
import io.braid.protocol.records.FetchedRecords;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.util.List;
import org.apache.kafka.common.protocol.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the batches of a round, partition by partition in their order, within the byte limits of the request.
 *
 * <p>As in Kafka, the first batch of the answer goes out even when it is larger than every limit, so that a client always
 * gets on. Runs on an event loop when everything asked for is hot, else on a reader thread.
 */
final class FetchReading {
    private static final Logger LOG = LoggerFactory.getLogger(FetchReading.class);

    private FetchReading() {}

    /** Whether all that may be read is in memory, so that no disk is waited for. */
    static boolean allHot(List<FetchPartition> partitions) {
        for (FetchPartition p : partitions) {
            if (p.hasDataToRead() && !p.snapshot().view().orElseThrow().hot(p.fetchOffset())) {
                return false;
            }
        }
        return true;
    }

    /**
     * Reads until {@code maxBytes}, or what the budget grants of them, are used up; returns the bytes read. Partitions keep
     * their records; the budget gets back what they hold when they were sent or dropped.
     */
    static long read(List<FetchPartition> partitions, int maxBytes, ByteBufAllocator allocator, FetchBudget budget) {
        int granted = budget.take((int) Math.min(maxBytes, wanted(partitions)));
        long total = read(partitions, granted, allocator);
        long inMemory = 0;
        FetchPartition last = null;
        for (FetchPartition p : partitions) {
            if (p.records().sizeInBytes() > 0) {
                inMemory += bytesInMemory(p.records());
                last = p;
            }
        }
        budget.add(inMemory - granted);
        if (inMemory > 0) {
            long held = inMemory;
            last.records(last.takeRecords().andThen(() -> budget.give(held)));
        }
        return total;
    }

    private static long wanted(List<FetchPartition> partitions) {
        long bytes = 0;
        for (FetchPartition p : partitions) {
            if (p.hasDataToRead()) {
                bytes += p.maxBytes();
            }
        }
        return bytes;
    }

    private static long bytesInMemory(FetchedRecords records) {
        long bytes = 0;
        for (FetchedRecords.Part part : records.parts()) {
            bytes += part instanceof FetchedRecords.Bytes ? part.size() : 0;
        }
        return bytes;
    }

    private static long read(List<FetchPartition> partitions, int maxBytes, ByteBufAllocator allocator) {
        long left = maxBytes;
        long total = 0;
        for (FetchPartition p : partitions) {
            if (!p.hasDataToRead() || (left <= 0 && total > 0)) {
                continue;
            }
            FetchedRecords records = readOne(p, (int) Math.min(Math.max(left, 0), p.maxBytes()), total == 0, allocator);
            p.records(records);
            total += records.sizeInBytes();
            left -= records.sizeInBytes();
        }
        return total;
    }

    private static FetchedRecords readOne(
            FetchPartition p, int maxBytes, boolean atLeastOneBatch, ByteBufAllocator allocator) {
        PartitionView view = p.snapshot().view().orElseThrow();
        try {
            return view.read(
                    p.fetchOffset(), maxBytes, atLeastOneBatch, p.snapshot().highWatermark(), allocator);
        } catch (SegmentGoneException e) {
            // Retention removed the segment after the look; the client asks again and is told where the log starts.
            return FetchedRecords.EMPTY;
        } catch (IOException e) {
            LOG.error(
                    "event=fetch_failed topic={} partition={}",
                    p.topicId(),
                    p.key().partition(),
                    e);
            p.fail(Errors.KAFKA_STORAGE_ERROR);
            return FetchedRecords.EMPTY;
        }
    }
}
