package io.braid.protocol.network;

import io.braid.protocol.MessageEncoder;
import io.braid.protocol.records.FetchedRecords.FileRange;
import io.braid.protocol.records.FetchedRecords.WhenSent;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.DefaultMessageSizeEstimator;
import io.netty.channel.FileRegion;
import io.netty.channel.MessageSizeEstimator;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.util.List;

/** Hands encoded frames to a channel. Stateless. */
@SuppressWarnings("FutureReturnValueIgnored") // failures of a channel come to exceptionCaught and channelInactive
final class FrameWriter {
    /** Counts file ranges at their length, so that the channel's watermarks hold for what a peer has not yet read. */
    static final MessageSizeEstimator SIZES = () -> {
        MessageSizeEstimator.Handle buffers = DefaultMessageSizeEstimator.DEFAULT.newHandle();
        return message -> message instanceof FileRegion region
                ? (int) Math.min(Integer.MAX_VALUE, region.count())
                : buffers.size(message);
    };

    private FrameWriter() {}

    /**
     * Writes the frame that was encoded last, without a flush. On the event loop. With TLS the ranges of files are read first,
     * as they have to be encrypted; one that is shorter than its range ends the connection.
     */
    static void write(ChannelHandlerContext context, MessageEncoder encoder) {
        boolean encrypted = context.pipeline().get(SslHandler.class) != null;
        List<Object> pieces = encoder.pieces();
        for (int i = 0; i < pieces.size(); i++) {
            Object piece = pieces.get(i);
            if (piece instanceof WhenSent sent) {
                context.write(Unpooled.EMPTY_BUFFER).addListener(done -> sent.release());
            } else if (piece instanceof FileRange range) {
                context.write(encrypted ? bytes(context, range) : new FileRangeRegion(range), context.voidPromise());
            } else {
                context.write(piece, context.voidPromise());
            }
        }
        pieces.clear();
    }

    private static ByteBuf bytes(ChannelHandlerContext context, FileRange range) {
        ByteBuf bytes = context.alloc().buffer(range.length(), range.length());
        try {
            long position = range.position();
            while (bytes.isWritable()) {
                int read = bytes.writeBytes(range.source().channel(), position, bytes.writableBytes());
                if (read <= 0) {
                    throw new IOException("a file ends within a range to send, at " + position);
                }
                position += read;
            }
            return bytes;
        } catch (IOException e) {
            bytes.release();
            context.fireExceptionCaught(e); // the length of the frame was announced
            return Unpooled.EMPTY_BUFFER;
        } finally {
            range.release();
        }
    }
}
