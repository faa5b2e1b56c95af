package io.braid.quorum;

import io.braid.controller.MalformedException;
import io.braid.controller.MetadataState;
import io.braid.controller.SnapshotCodec;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * Snapshot files: the magic {@code BRMS}, then the chunks of {@link SnapshotCodec}, each with its length and its CRC-32C,
 * 4 bytes each. Blocking; for background threads.
 */
public final class SnapshotFiles {
    private static final int MAGIC = 0x42524D53;
    private static final int MAX_CHUNK_BYTES = 64 << 20;

    private SnapshotFiles() {}

    /** Writes and forces the file; returns its size in bytes. */
    public static long write(MetadataState state, Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            writeAll(channel, ByteBuffer.allocate(4).putInt(0, MAGIC));
            SnapshotCodec.encode(state, chunk -> writeChunk(channel, chunk));
            channel.force(true);
            return channel.size();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /**
     * Reads a file that {@link #write} wrote.
     *
     * @throws IOException if the file is damaged, ends early, or was written by a newer release
     */
    public static MetadataState read(Path file) throws IOException {
        SnapshotCodec.Decoder decoder = new SnapshotCodec.Decoder();
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 20))) {
            if (in.readInt() != MAGIC) {
                throw new IOException("no metadata snapshot: " + file);
            }
            byte[] header = new byte[8];
            for (int had; (had = in.readNBytes(header, 0, 8)) > 0; ) {
                if (had < 8) {
                    throw new EOFException();
                }
                decoder.accept(readChunk(in, ByteBuffer.wrap(header), file));
            }
            return decoder.finish();
        } catch (MalformedException | EOFException e) {
            throw new IOException("metadata snapshot " + file + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static byte[] readChunk(DataInputStream in, ByteBuffer header, Path file) throws IOException {
        int length = header.getInt();
        int crc = header.getInt();
        if (length < 0 || length > MAX_CHUNK_BYTES) {
            throw new IOException("metadata snapshot " + file + " is damaged: a chunk of " + length + " bytes");
        }
        byte[] chunk = in.readNBytes(length);
        if (chunk.length < length) {
            throw new EOFException("it ends within a chunk");
        }
        if (crc(chunk) != crc) {
            throw new IOException("metadata snapshot " + file + " is damaged: a chunk's CRC is wrong");
        }
        return chunk;
    }

    private static void writeChunk(FileChannel channel, byte[] chunk) {
        ByteBuffer framed = ByteBuffer.allocate(8 + chunk.length)
                .putInt(chunk.length)
                .putInt(crc(chunk))
                .put(chunk)
                .flip();
        try {
            writeAll(channel, framed);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void writeAll(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    private static int crc(byte[] chunk) {
        CRC32C crc = new CRC32C();
        crc.update(chunk);
        return (int) crc.getValue();
    }
}
