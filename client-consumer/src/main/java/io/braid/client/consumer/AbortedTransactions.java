package io.braid.client.consumer;

import io.braid.protocol.records.BatchHeader;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import org.apache.kafka.common.message.FetchResponseData.AbortedTransaction;
import org.apache.kafka.common.utils.internals.ByteUtils;

/** Which batches of an answer belong to transactions that were aborted (KIP-98). Owned by whoever reads the chunk. */
final class AbortedTransactions {
    private static final short ABORT = 0;

    private final Queue<AbortedTransaction> ahead;
    private final Set<Long> open = new HashSet<>();

    AbortedTransactions(List<AbortedTransaction> aborted) {
        List<AbortedTransaction> sorted = new ArrayList<>(aborted);
        sorted.sort(Comparator.comparingLong(AbortedTransaction::firstOffset));
        this.ahead = new ArrayDeque<>(sorted);
    }

    /** Whether the batch is not to be read; asked for every batch, in order. */
    boolean covers(ByteBuffer buffer, int batch) {
        long producer = BatchHeader.producerId(buffer, batch);
        if (producer < 0) {
            return false;
        }
        for (AbortedTransaction next = ahead.peek();
                next != null && next.firstOffset() <= BatchHeader.lastOffset(buffer, batch);
                next = ahead.peek()) {
            open.add(ahead.remove().producerId());
        }
        if (BatchHeader.isControl(buffer, batch)) {
            if (isAbort(buffer, batch)) {
                open.remove(producer);
            }
            return true;
        }
        return BatchHeader.isTransactional(buffer, batch) && open.contains(producer);
    }

    /** The key of a marker holds its version and its type, two bytes each. */
    private static boolean isAbort(ByteBuffer buffer, int batch) {
        if (BatchHeader.count(buffer, batch) < 1) {
            return false;
        }
        ByteBuffer record = buffer.duplicate();
        record.position(batch + BatchHeader.SIZE);
        ByteUtils.readVarint(record); // length
        record.get(); // attributes
        ByteUtils.readVarlong(record); // timestamp
        ByteUtils.readVarint(record); // offset
        int keyBytes = ByteUtils.readVarint(record);
        return keyBytes >= 4 && record.getShort(record.position() + 2) == ABORT;
    }
}
