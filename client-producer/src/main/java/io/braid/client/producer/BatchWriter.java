package io.braid.client.producer;

import io.braid.protocol.records.FetchedRecords;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.apache.kafka.common.utils.internals.ByteBufferOutputStream;

/**
 * Makes a batch ready for the wire: compresses it, if it is to be, and writes its header (format v2, see {@link
 * io.braid.protocol.records.BatchHeader}). Stateless; any thread, for a batch that is in flight.
 */
final class BatchWriter {
    static final int HEADER_BYTES = 61;

    private static final int LENGTH_PREFIX_BYTES = 12;
    private static final int CRC_COVERED_FROM = 21;
    private static final byte MAGIC = 2;
    private static final int COPY_BYTES = 16 << 10;

    private BatchWriter() {}

    /** Compresses the records, unless that was done for an earlier attempt. */
    static void compress(Batch batch, CompressionCodec codec) {
        if (codec == CompressionCodec.NONE || batch.compressed != null) {
            return;
        }
        ByteBufferOutputStream buffer = new ByteBufferOutputStream(Math.max(512, batch.bytes / 2));
        buffer.position(HEADER_BYTES);
        try (OutputStream out = codec.compression().wrapForOutput(buffer, MAGIC)) {
            byte[] copy = new byte[Math.min(COPY_BYTES, batch.bytes)];
            int skip = HEADER_BYTES;
            for (Run run = batch.first; run != null; run = run.next) {
                ByteBuffer view = run.chunk.view(run.from + skip, run.size() - skip);
                skip = 0;
                while (view.hasRemaining()) {
                    int n = Math.min(copy.length, view.remaining());
                    view.get(copy, 0, n);
                    out.write(copy, 0, n);
                }
            }
        } catch (IOException e) { // of memory there is none
            throw new UncheckedIOException(e);
        }
        ByteBuffer bytes = buffer.buffer();
        bytes.flip();
        batch.compressed = Unpooled.wrappedBuffer(bytes);
    }

    /** Writes the header, with the checksum over it and the records. */
    static void seal(Batch batch, CompressionCodec codec) {
        boolean plain = batch.compressed == null;
        ByteBuffer header =
                plain ? batch.first.chunk.view(batch.first.from, batch.first.size()) : batch.compressed.nioBuffer();
        int size = plain ? batch.bytes : header.remaining();
        header.putLong(0, 0); // base offset
        header.putInt(8, size - LENGTH_PREFIX_BYTES);
        header.putInt(12, -1); // leader epoch
        header.put(16, MAGIC);
        header.putShort(21, (short) (plain ? 0 : codec.id()));
        header.putInt(23, batch.count - 1);
        header.putLong(27, batch.baseTimestamp);
        header.putLong(35, batch.maxTimestamp);
        header.putLong(43, batch.identity.id());
        header.putShort(51, batch.identity.epoch());
        header.putInt(53, batch.sequence);
        header.putInt(57, batch.count);
        CRC32C crc = new CRC32C();
        crc.update(header.duplicate().position(CRC_COVERED_FROM));
        if (plain) {
            for (Run run = batch.first.next; run != null; run = run.next) {
                crc.update(run.chunk.view(run.from, run.size()));
            }
        }
        header.putInt(17, (int) crc.getValue());
    }

    /** The sealed batch as it is sent, with references of its own. */
    static FetchedRecords records(Batch batch) {
        if (batch.compressed != null) {
            return FetchedRecords.of(List.of(new FetchedRecords.Bytes(batch.compressed.retainedDuplicate())));
        }
        Run first = batch.first;
        if (first.next == null) {
            return FetchedRecords.of(List.of(new FetchedRecords.Bytes(first.chunk.slice(first.from, first.size()))));
        }
        List<FetchedRecords.Part> parts = new ArrayList<>();
        for (Run run = first; run != null; run = run.next) {
            parts.add(new FetchedRecords.Bytes(run.chunk.slice(run.from, run.size())));
        }
        return FetchedRecords.of(parts);
    }
}
