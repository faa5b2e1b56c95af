package io.braid.log.rewrite;

import io.braid.log.index.SegmentInfo;
import io.braid.protocol.records.BatchHeader;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * The file of a rewritten segment: a header, then sections, each at a multiple of 8. All numbers are big-endian. A section of batches holds one
 * partition; its batches follow one another without a gap, so that any run of them is one range of the file.
 *
 * <pre>
 * file header, 64 bytes
 *  0 magic            int64   "BRAIDREW"
 *  8 format version   int16   1
 * 10 zero             int16
 * 12 log tag          int32
 * 16 first ordinal    int32   of the segments that it stands for
 * 20 last ordinal     int32   inclusive
 * 24 first LSN        int64
 * 32 end LSN          int64   exclusive
 * 40 sealed ms        int64   the newest source's
 * 48 rewrite          int32   its number
 * 52 zero             8 bytes
 * 60 CRC32C           uint32  of the 60 bytes before
 *
 * section header, 64 bytes, then the table, then the data
 *  0 CRC32C           uint32  of the rest of the header, and of the table
 *  4 type             int8    1 controls, 2 batches, 3 end of the file
 *  5 zero             3 bytes
 *  8 topic id         16 bytes
 * 24 partition        int32
 * 28 count            int32   of the batches, or entries; at the end, of the sections before it
 * 32 slots            int32   rows of the table, of which the first count are used; 0 but for batches
 * 36 log tag          int32
 * 40 data length      int64   bytes of data
 * 48 previous segment int32   ordinal of the segment that holds the partition before this one, -1 none
 * 52 zero             12 bytes
 * 64 table            slots x (int64 LSN of the batch's entry, uint32 CRC32C of the batch's first 21 bytes)
 *    data             batches in the order of their offsets; or of controls, the entries' headers of 64 bytes in LSN order
 * </pre>
 *
 * Stateless.
 */
final class RewrittenFormat {
    /** "BRAIDREW". */
    static final long MAGIC = 0x4252414944524557L;

    static final short VERSION = 1;
    static final int HEADER_BYTES = 64;
    static final int ALIGNMENT = 8;
    static final int SLOT_BYTES = 12;
    static final int CONTROL_BYTES = 64;

    static final byte CONTROLS = 1;
    static final byte BATCHES = 2;
    static final byte END = 3;

    private static final int HEADER_CRC = 60;

    /** A section's header. */
    record Section(
            byte type,
            long idMsb,
            long idLsb,
            int partition,
            int count,
            int slots,
            long dataBytes,
            int previousSegment) {
        /** Bytes from the section's start to its data. */
        int dataAt() {
            return HEADER_BYTES + slots * SLOT_BYTES;
        }
    }

    private RewrittenFormat() {}

    static long align(long position) {
        return (position + ALIGNMENT - 1) & -ALIGNMENT;
    }

    /** The file header, between position and limit of a new buffer. {@code info} needs no end position. */
    static ByteBuffer fileHeader(SegmentInfo info, int logTag) {
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES)
                .putLong(MAGIC)
                .putShort(VERSION)
                .putShort((short) 0)
                .putInt(logTag)
                .putInt(info.firstSegment())
                .putInt(info.lastSegment())
                .putLong(info.firstLsn())
                .putLong(info.endLsn())
                .putLong(info.sealedMs())
                .putInt(info.rewrite())
                .putLong(0);
        CRC32C crc = new CRC32C();
        crc.update(header.array(), 0, HEADER_CRC);
        return header.putInt((int) crc.getValue()).flip();
    }

    /** What a file header says, with {@code fileBytes} as the end position; null when it is none of this log, or damaged. */
    static SegmentInfo info(ByteBuffer header, int logTag, long fileBytes) {
        CRC32C crc = new CRC32C();
        crc.update(header.duplicate().limit(header.position() + HEADER_CRC));
        int at = header.position();
        boolean good = header.getLong(at) == MAGIC
                && header.getShort(at + 8) == VERSION
                && header.getInt(at + 12) == logTag
                && header.getInt(at + HEADER_CRC) == (int) crc.getValue();
        return good
                ? new SegmentInfo(
                        header.getInt(at + 16),
                        header.getInt(at + 20),
                        header.getLong(at + 24),
                        header.getLong(at + 32),
                        fileBytes,
                        header.getLong(at + 40),
                        header.getInt(at + 48))
                : null;
    }

    /** Header and table of a section, between position and limit of a new buffer; of the arrays the first ones count. */
    static ByteBuffer sectionHead(Section section, long[] lsns, int[] crcs, int logTag) {
        ByteBuffer head = ByteBuffer.allocate(section.dataAt())
                .putInt(0)
                .put(section.type())
                .put(new byte[3])
                .putLong(section.idMsb())
                .putLong(section.idLsb())
                .putInt(section.partition())
                .putInt(section.count())
                .putInt(section.slots())
                .putInt(logTag)
                .putLong(section.dataBytes())
                .putInt(section.previousSegment());
        head.position(HEADER_BYTES);
        for (int i = 0; i < section.slots(); i++) {
            boolean used = section.type() == BATCHES && i < section.count();
            head.putLong(used ? lsns[i] : 0).putInt(used ? crcs[i] : 0);
        }
        head.flip();
        return head.putInt(0, crc(head));
    }

    /** The section that a header begins, its CRC not checked; null when it is plainly none. */
    static Section section(ByteBuffer header, int logTag) {
        int at = header.position();
        Section section = new Section(
                header.get(at + 4),
                header.getLong(at + 8),
                header.getLong(at + 16),
                header.getInt(at + 24),
                header.getInt(at + 28),
                header.getInt(at + 32),
                header.getLong(at + 40),
                header.getInt(at + 48));
        boolean plausible = section.type() >= CONTROLS
                && section.type() <= END
                && header.getInt(at + 36) == logTag
                && section.count() >= 0
                && section.slots() >= 0
                && section.slots() <= (Integer.MAX_VALUE - HEADER_BYTES) / SLOT_BYTES
                && section.dataBytes() >= 0
                && (section.type() != BATCHES || section.count() <= section.slots());
        return plausible ? section : null;
    }

    /** Whether the CRC of a section's header and table, which fill the buffer, fits. */
    static boolean isWhole(ByteBuffer head) {
        return head.getInt(head.position()) == crc(head);
    }

    /** LSN of the entry of batch {@code i}, from a buffer that begins with the section's header. */
    static long lsn(ByteBuffer head, int i) {
        return head.getLong(HEADER_BYTES + i * SLOT_BYTES);
    }

    /** Whether a batch's first bytes, which its own CRC does not cover, are those that were written. */
    static boolean isStart(ByteBuffer head, int i, ByteBuffer batch, int at) {
        return head.getInt(HEADER_BYTES + i * SLOT_BYTES + Long.BYTES) == startCrc(batch, at);
    }

    static int startCrc(ByteBuffer batch, int at) {
        CRC32C crc = new CRC32C();
        crc.update(batch.duplicate().limit(at + BatchHeader.CRC_COVERED_FROM).position(at));
        return (int) crc.getValue();
    }

    private static int crc(ByteBuffer head) {
        CRC32C crc = new CRC32C();
        crc.update(head.duplicate().position(head.position() + 4));
        return (int) crc.getValue();
    }
}
