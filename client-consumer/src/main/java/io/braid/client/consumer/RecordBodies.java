package io.braid.client.consumer;

import io.braid.protocol.records.BatchHeader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.utils.internals.BufferSupplier;
import org.apache.kafka.common.utils.internals.ByteUtils;

/**
 * The records of one batch one after the other: views of the batch where it is not compressed; else of a window over what comes
 * out of the codec, which is as large as its largest record, so that no batch is unpacked whole. Owned by whoever reads the
 * chunk.
 */
final class RecordBodies {
    private static final byte[] NOTHING = {};
    private static final int MAX_VARINT_BYTES = 5;
    private static final int WINDOW_BYTES = 16 << 10;
    private static final int MAX_RECORD_BYTES = 1 << 30;

    private final InputStream unpacked; // null when the batch is not compressed
    private byte[] unpackedBytes; // under the window, when the batch is compressed
    private ByteBuffer window; // what is readable lies between `at` and `end`
    private int at;
    private int end;
    private int nextAt;

    private RecordBodies(ByteBuffer window, byte[] unpackedBytes, int at, int end, InputStream unpacked) {
        this.unpackedBytes = unpackedBytes;
        this.window = window;
        this.at = at;
        this.end = end;
        this.nextAt = at;
        this.unpacked = unpacked;
    }

    /** @param bytes of the whole batch, all of which are in the buffer */
    static RecordBodies of(ByteBuffer buffer, int batch, int bytes, BufferSupplier buffers) {
        int codec = BatchHeader.compression(buffer, batch);
        int from = batch + BatchHeader.SIZE;
        if (codec == CompressionType.NONE.id) {
            return new RecordBodies(buffer.duplicate(), NOTHING, from, batch + bytes, null);
        }
        ByteBuffer packed =
                buffer.duplicate().position(from).limit(batch + bytes).slice();
        InputStream in =
                Compression.of(CompressionType.forId(codec)).build().wrapForInput(packed, BatchHeader.MAGIC, buffers);
        byte[] window = new byte[WINDOW_BYTES];
        return new RecordBodies(ByteBuffer.wrap(window), window, 0, 0, in);
    }

    /**
     * The next record behind its length field, from position to limit; the same buffer each time.
     *
     * @throws IOException when the codec refuses the bytes, or they end too early
     */
    ByteBuffer next() throws IOException {
        at = nextAt;
        fill(MAX_VARINT_BYTES, false);
        window.limit(end).position(at).order(ByteOrder.BIG_ENDIAN);
        int size = ByteUtils.readVarint(window);
        if (size < 0 || size > MAX_RECORD_BYTES) {
            throw new IOException("a record of " + size + " bytes");
        }
        at = window.position();
        fill(size, true);
        nextAt = at + size;
        return window.limit(nextAt).position(at);
    }

    /** Makes {@code bytes} readable from {@code at} on, or, when that is not a must, as many as there are. */
    private void fill(int bytes, boolean must) throws IOException {
        if (end - at >= bytes) {
            return;
        }
        if (unpacked != null) {
            makeRoom(bytes);
            byte[] array = unpackedBytes;
            while (end - at < bytes) {
                int read = unpacked.read(array, end, array.length - end);
                if (read <= 0) {
                    break;
                }
                end += read;
            }
        }
        if (must && end - at < bytes) {
            throw new IOException("a record of " + bytes + " bytes, of which there are " + (end - at));
        }
    }

    private void makeRoom(int bytes) {
        int readable = end - at;
        byte[] from = unpackedBytes;
        if (bytes > from.length) {
            unpackedBytes = new byte[Math.max(bytes, 2 * from.length)];
            window = ByteBuffer.wrap(unpackedBytes);
        }
        System.arraycopy(from, at, unpackedBytes, 0, readable);
        at = 0;
        end = readable;
    }

    /** Gives back what the codec holds. */
    void close() {
        if (unpacked != null) {
            try {
                unpacked.close();
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }
    }
}
