package io.braid.client.consumer;

import io.braid.protocol.records.BatchHeader;
import java.nio.ByteBuffer;

/** Walks batches by their headers, without looking at records. Stateless. */
final class BatchWalk {
    private BatchWalk() {}

    /**
     * Where whole batches end.
     *
     * @param bytes of whole batches; what is behind them was cut off
     * @param nextOffset behind the last one
     * @param leaderEpoch of the last one, or -1
     */
    record End(int bytes, long nextOffset, int leaderEpoch) {}

    /**
     * Looks at the batches from 0 to the buffer's limit.
     *
     * @return no bytes when not even one is whole, or its length is not one; then {@code nextOffset} is {@code fromOffset}
     */
    static End end(ByteBuffer buffer, long fromOffset) {
        int at = 0;
        long next = fromOffset;
        int epoch = -1;
        while (buffer.limit() - at >= BatchHeader.SIZE) {
            int length = BatchHeader.batchLength(buffer, at);
            int least = BatchHeader.SIZE - BatchHeader.LENGTH_PREFIX_SIZE;
            if (length < least || length > buffer.limit() - at - BatchHeader.LENGTH_PREFIX_SIZE) {
                break;
            }
            next = Math.max(next, BatchHeader.lastOffset(buffer, at) + 1);
            epoch = BatchHeader.leaderEpoch(buffer, at);
            at += BatchHeader.LENGTH_PREFIX_SIZE + length;
        }
        return new End(at, next, epoch);
    }
}
