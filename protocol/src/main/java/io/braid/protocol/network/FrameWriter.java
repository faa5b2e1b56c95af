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

    /** Writes the frame that was encoded last, without a flush. On the event loop. */
    static void write(ChannelHandlerContext context, MessageEncoder encoder) {
        List<Object> pieces = encoder.pieces();
        for (int i = 0; i < pieces.size(); i++) {
            Object piece = pieces.get(i);
            if (piece instanceof WhenSent sent) {
                context.write(Unpooled.EMPTY_BUFFER).addListener(done -> sent.release());
            } else {
                Object message = piece instanceof ByteBuf ? piece : new FileRangeRegion((FileRange) piece);
                context.write(message, context.voidPromise());
            }
        }
        pieces.clear();
    }
}
