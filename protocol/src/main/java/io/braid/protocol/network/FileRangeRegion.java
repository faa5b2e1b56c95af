package io.braid.protocol.network;

import io.braid.protocol.records.FetchedRecords.FileRange;
import io.netty.channel.FileRegion;
import io.netty.util.AbstractReferenceCounted;
import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A range of a file on its way to a socket. Releases its file when it is sent or dropped. Owned by the event loop.
 *
 * <p>A file that ends before its range does is an IOException, which closes the connection: the length of the frame was
 * announced, and Netty would wait for the missing bytes for ever.
 */
final class FileRangeRegion extends AbstractReferenceCounted implements FileRegion {
    private static final Logger log = LoggerFactory.getLogger(FileRangeRegion.class);

    private final FileRange range;
    private long transferred;

    /** Takes over the range's reference to its file. */
    FileRangeRegion(FileRange range) {
        this.range = range;
    }

    @Override
    public long position() {
        return range.position();
    }

    @Override
    public long count() {
        return range.length();
    }

    @Override
    public long transferred() {
        return transferred;
    }

    @Override
    @Deprecated
    public long transfered() {
        return transferred;
    }

    @Override
    public long transferTo(WritableByteChannel target, long position) throws IOException {
        long left = range.length() - position;
        if (left <= 0) {
            return 0;
        }
        long from = range.position() + position;
        long sent = range.source().channel().transferTo(from, left, target);
        if (sent > 0) {
            transferred += sent;
        } else {
            checkFileSize(from + left);
        }
        return sent;
    }

    private void checkFileSize(long neededBytes) throws IOException {
        long size = range.source().channel().size();
        if (size < neededBytes) {
            log.error("connection closed, a file ends within a range to send size={} needed={}", size, neededBytes);
            throw new IOException("file of " + size + " bytes, needed are " + neededBytes);
        }
    }

    @Override
    protected void deallocate() {
        range.release();
    }

    @Override
    public FileRegion touch() {
        return this;
    }

    @Override
    public FileRegion touch(Object hint) {
        return this;
    }

    @Override
    public FileRegion retain() {
        super.retain();
        return this;
    }

    @Override
    public FileRegion retain(int increment) {
        super.retain(increment);
        return this;
    }
}
