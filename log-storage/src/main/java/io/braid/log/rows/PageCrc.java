package io.braid.log.rows;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * The checksum of a page: of the file's stamp, the page's number and its bytes, so that a page of another file or
 * place is not taken for it.
 */
final class PageCrc {
    private final CRC32C crc = new CRC32C();
    private final ByteBuffer seed = ByteBuffer.allocate(Long.BYTES + Integer.BYTES);

    int of(long stamp, int page, ByteBuffer buffer, int from, int bytes) {
        seed.clear();
        seed.putLong(stamp).putInt(page).flip();
        crc.reset();
        crc.update(seed);
        crc.update(buffer.array(), buffer.arrayOffset() + from, bytes);
        return (int) crc.getValue();
    }
}
