package io.braid.log.rewrite;

import io.braid.log.index.BatchLocation;
import io.braid.protocol.records.BatchHeader;
import java.io.IOException;
import java.nio.ByteBuffer;

/** The batch that a rewrite has come to. Owned by one thread; blocks. */
final class SourceBatch implements BatchSelector.Candidate {
    private ByteBuffer buffer = ByteBuffer.allocateDirect(64 << 10);
    private RewriteSource source;
    private long idMsb;
    private long idLsb;
    private int partition;
    private BatchLocation at;
    private int row;
    private boolean read;

    /** @param row of the batch in the source's index */
    void set(RewriteSource source, long idMsb, long idLsb, int partition, BatchLocation at, int row) {
        this.source = source;
        this.idMsb = idMsb;
        this.idLsb = idLsb;
        this.partition = partition;
        this.at = at;
        this.row = row;
        this.read = false;
    }

    @Override
    public long topicIdMsb() {
        return idMsb;
    }

    @Override
    public long topicIdLsb() {
        return idLsb;
    }

    @Override
    public int partition() {
        return partition;
    }

    @Override
    public BatchLocation at() {
        return at;
    }

    @Override
    public long lsn() throws IOException {
        return source.lsn(row, at.position());
    }

    @Override
    public ByteBuffer bytes() throws IOException {
        if (!read) {
            int size = at.sizeBytes();
            if (buffer.capacity() < size) {
                buffer = ByteBuffer.allocateDirect(Integer.highestOneBit(size) * 2);
            }
            buffer.clear().limit(size);
            source.read(buffer, at.position());
            buffer.flip();
            check();
            read = true;
        }
        return buffer.duplicate();
    }

    private void check() throws DamagedSourceException {
        boolean good = at.sizeBytes() >= BatchHeader.SIZE
                && BatchHeader.sizeInBytes(buffer, 0) == at.sizeBytes()
                && BatchHeader.baseOffset(buffer, 0) == at.baseOffset()
                && BatchHeader.lastOffset(buffer, 0) == at.lastOffset()
                && BatchHeader.leaderEpoch(buffer, 0) == at.leaderEpoch()
                && BatchHeader.verifyCrc(buffer, 0, at.sizeBytes());
        if (!good) {
            throw new DamagedSourceException(
                    source.info().firstSegment(), at.position(), "no good batch with base offset " + at.baseOffset());
        }
    }
}
