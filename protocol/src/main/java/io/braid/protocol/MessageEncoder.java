package io.braid.protocol;

import io.braid.protocol.records.FetchedRecords;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.common.record.internal.BaseRecords;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns messages into frames, piece by piece, without copying larger records. Reused from frame to frame; owned by one
 * event loop.
 */
public final class MessageEncoder {
    private static final Logger log = LoggerFactory.getLogger(MessageEncoder.class);

    private final List<Object> pieces = new ArrayList<>(1);
    private long sizeBytes;
    private ByteBuf head; // of the frame being written, until it is finished

    /**
     * Encodes a response, with its length in front; the frame is then in {@link #pieces}. Takes over the records that
     * the response holds, also when it throws.
     *
     * @throws RuntimeException when the message cannot be written in this version: an error of who made it
     */
    public void encodeResponse(
            ByteBufAllocator allocator, Api api, short version, int correlationId, ApiMessage response) {
        boolean tagged = api.responseHeaderVersion(version) >= 1;
        ObjectSerializationCache cache = new ObjectSerializationCache();
        try {
            FrameWritable out = begin(allocator, Integer.BYTES + (tagged ? 1 : 0), response, cache, version);
            out.writeInt(correlationId);
            if (tagged) {
                out.writeUnsignedVarint(0);
            }
            finish(out, response, cache, version);
        } catch (RuntimeException | Error e) {
            abort();
            discard(response, version);
            throw e;
        }
    }

    /** Encodes a request in the same way. */
    public void encodeRequest(
            ByteBufAllocator allocator,
            Api api,
            short version,
            int correlationId,
            String clientId,
            ApiMessage request) {
        boolean tagged = api.requestHeaderVersion(version) >= 2;
        byte[] client = clientId.getBytes(StandardCharsets.UTF_8);
        int headerBytes = 3 * Short.BYTES + Integer.BYTES + client.length + (tagged ? 1 : 0);
        ObjectSerializationCache cache = new ObjectSerializationCache();
        try {
            FrameWritable out = begin(allocator, headerBytes, request, cache, version);
            out.writeShort(api.key());
            out.writeShort(version);
            out.writeInt(correlationId);
            out.writeShort((short) client.length);
            out.writeByteArray(client);
            if (tagged) {
                out.writeUnsignedVarint(0);
            }
            finish(out, request, cache, version);
        } catch (RuntimeException | Error e) {
            abort();
            discard(request, version);
            throw e;
        }
    }

    /**
     * The pieces of the last frame in order: ByteBufs, {@link FetchedRecords.FileRange}s and {@link
     * FetchedRecords.WhenSent}s. Whoever takes them owns one reference of each, and clears the list.
     */
    public List<Object> pieces() {
        return pieces;
    }

    /** Size of the last frame with its length field. */
    public long sizeBytes() {
        return sizeBytes;
    }

    /** Releases the records of a message that will not be sent, also of one that cannot be written. */
    public static void discard(ApiMessage message, short version) {
        if (message instanceof FetchResponseData fetch) {
            fetch.responses().forEach(topic -> topic.partitions().forEach(partition -> release(partition.records())));
            return;
        }
        ObjectSerializationCache cache = new ObjectSerializationCache();
        try {
            message.addSize(new FrameWritable.Sizes(), cache, version);
            message.write(new DiscardingWritable(), cache, version);
        } catch (RuntimeException e) {
            log.warn("message without a form in this version dropped key={} version={}", message.apiKey(), version, e);
        }
    }

    private static void release(BaseRecords records) {
        if (records instanceof FetchedRecords fetched) {
            fetched.release();
        }
    }

    private FrameWritable begin(
            ByteBufAllocator allocator,
            int headerBytes,
            ApiMessage message,
            ObjectSerializationCache cache,
            short version) {
        if (!pieces.isEmpty()) {
            throw new IllegalStateException("the pieces of the frame before were not taken");
        }
        FrameWritable.Sizes sizes = new FrameWritable.Sizes();
        message.addSize(sizes, cache, version);
        int frameBytes = headerBytes + sizes.totalSize();
        if (frameBytes < 0 || sizes.totalSize() < 0) {
            throw new IllegalArgumentException("message of key " + message.apiKey() + " exceeds 2 GiB");
        }
        int headBytes = Integer.BYTES + headerBytes + sizes.sizeExcludingZeroCopy();
        head = allocator.directBuffer(headBytes, headBytes);
        sizeBytes = Integer.BYTES + (long) frameBytes;
        FrameWritable out = new FrameWritable(head, pieces);
        out.writeInt(frameBytes);
        return out;
    }

    private void finish(FrameWritable out, ApiMessage message, ObjectSerializationCache cache, short version) {
        message.write(out, cache, version);
        long written = out.finish();
        head = null;
        if (written != sizeBytes) {
            throw new IllegalStateException("message of key " + message.apiKey() + " version " + version + " wrote "
                    + written + " bytes instead of " + sizeBytes);
        }
    }

    private void abort() {
        for (Object piece : pieces) {
            if (piece instanceof ByteBuf buffer) {
                buffer.release();
            } else {
                ((FetchedRecords.Part) piece).release();
            }
        }
        pieces.clear();
        if (head != null) {
            head.release();
            head = null;
        }
    }
}
