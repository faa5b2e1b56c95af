package io.braid.log;

import io.braid.log.table.PartitionTable;
import io.braid.protocol.records.BatchHeader;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * Entries from another replica that have been checked and are about to be appended as they are, in pieces: what a document of the
 * other log held is one piece. They go into one document, or several when they are many bytes: Chronicle does not expect a document
 * to be larger than what it maps at a time. Reusable; owned by the shard thread.
 */
final class ReplicatedRun {
    /** A document takes no further entry beyond so many bytes. */
    private static final int MAX_DOCUMENT_BYTES = 2 << 20;

    private final RunWalk walk = new RunWalk();
    private final CRC32C crc = new CRC32C();

    private ByteBuffer bytes = ByteBuffer.allocate(0);
    private int[] headers = new int[16];
    private int size;
    private int[] pieceStarts = new int[4];
    private int[] pieceEnds = new int[4];
    private int pieces;
    /** First entry, first piece, and bytes of each document. */
    private int[] documentEntries = new int[4];

    private int[] documentPieces = new int[4];
    private int[] documentBytes = new int[4];
    private int documents;
    private int batches;
    private int entryBytes;

    /**
     * Takes a run and checks all of it: header CRCs, LSNs from {@code nextLsn} on, epochs not going back from {@code lastEpoch},
     * batch CRCs, offsets not going back.
     *
     * @throws CorruptRunException it must not be appended
     */
    void take(ByteBuffer run, long nextLsn, int lastEpoch, PartitionTable partitions) throws CorruptRunException {
        clear();
        bytes = run.slice();
        walk.start(bytes);
        int epoch = lastEpoch;
        int checkedTo = 0;
        while (walk.next()) {
            int header = walk.header();
            check(header, nextLsn + size, epoch, partitions);
            epoch = EntryHeader.leaderEpoch(bytes, header);
            add(header, walk.position());
            checkedTo = walk.position();
        }
        if (walk.position() != bytes.limit()) {
            throw new CorruptRunException("the run is cut at " + checkedTo + " of " + bytes.limit());
        }
    }

    private void check(int header, long lsn, int lastEpoch, PartitionTable partitions) throws CorruptRunException {
        if (EntryHeader.lsn(bytes, header) != lsn) {
            throw new CorruptRunException("entry " + EntryHeader.lsn(bytes, header) + " where " + lsn + " is expected");
        }
        byte type = EntryHeader.type(bytes, header);
        if (!EntryHeader.verifyCrc(bytes, header, crc)) {
            throw new CorruptRunException("entry " + lsn + " has a wrong CRC");
        }
        if (type == EntryType.TRUNCATION) {
            throw new CorruptRunException("entry " + lsn + " is a truncation");
        }
        if (EntryHeader.leaderEpoch(bytes, header) < lastEpoch) {
            throw new CorruptRunException("entry " + lsn + " is of epoch " + EntryHeader.leaderEpoch(bytes, header)
                    + " after epoch " + lastEpoch);
        }
        if (type == EntryType.BATCH) {
            checkBatch(header, lsn, partitions);
        }
    }

    private void checkBatch(int header, long lsn, PartitionTable partitions) throws CorruptRunException {
        int batch = EntryHeader.payload(bytes, header);
        int length = EntryHeader.payloadLength(bytes, header);
        long baseOffset = EntryHeader.baseOffset(bytes, header);
        boolean good = BatchHeader.magic(bytes, batch) == BatchHeader.MAGIC
                && BatchHeader.sizeInBytes(bytes, batch) == length
                && BatchHeader.baseOffset(bytes, batch) == baseOffset
                && BatchHeader.verifyCrc(bytes, batch, length);
        if (!good) {
            throw new CorruptRunException("entry " + lsn + " has no good batch");
        }
        int row = partitions.find(
                EntryHeader.topicIdMsb(bytes, header),
                EntryHeader.topicIdLsb(bytes, header),
                EntryHeader.partition(bytes, header));
        if (row >= 0 && baseOffset < partitions.nextOffset(row)) {
            throw new CorruptRunException("entry " + lsn + " begins at offset " + baseOffset + ", the partition is at "
                    + partitions.nextOffset(row));
        }
        batches++;
    }

    private void add(int header, int end) {
        if (size == headers.length) {
            headers = Arrays.copyOf(headers, size * 2);
        }
        boolean newDocument = documents == 0 || documentBytes[documents - 1] + (end - header) > MAX_DOCUMENT_BYTES;
        if (newDocument) {
            addDocument();
        }
        headers[size++] = header;
        if (!newDocument && pieceEnds[pieces - 1] == header) {
            pieceEnds[pieces - 1] = end;
        } else {
            if (pieces == pieceStarts.length) {
                pieceStarts = Arrays.copyOf(pieceStarts, pieces * 2);
                pieceEnds = Arrays.copyOf(pieceEnds, pieces * 2);
            }
            pieceStarts[pieces] = header;
            pieceEnds[pieces] = end;
            pieces++;
        }
        documentBytes[documents - 1] += end - header;
        entryBytes += end - header;
    }

    private void addDocument() {
        if (documents == documentEntries.length) {
            documentEntries = Arrays.copyOf(documentEntries, documents * 2);
            documentPieces = Arrays.copyOf(documentPieces, documents * 2);
            documentBytes = Arrays.copyOf(documentBytes, documents * 2);
        }
        documentEntries[documents] = size;
        documentPieces[documents] = pieces;
        documentBytes[documents] = 0;
        documents++;
    }

    /** Overwrites tag and forced place of the headers. */
    void restamp(int logTag, long forced) {
        for (int i = 0; i < size; i++) {
            EntryHeader.restamp(bytes, headers[i], logTag, forced, crc);
        }
    }

    /** Lets go of the buffer. */
    void clear() {
        bytes = ByteBuffer.allocate(0);
        size = 0;
        pieces = 0;
        documents = 0;
        batches = 0;
        entryBytes = 0;
    }

    /** Number of entries. */
    int size() {
        return size;
    }

    int batches() {
        return batches;
    }

    /** Bytes they will take in the log. */
    int bytesInLog() {
        return entryBytes + documents * EntryHeader.SIZE;
    }

    /** Number of documents to be written. */
    int documents() {
        return documents;
    }

    /** First entry of a document. */
    int firstEntry(int document) {
        return documentEntries[document];
    }

    /** Exclusive. */
    int endEntry(int document) {
        return document + 1 < documents ? documentEntries[document + 1] : size;
    }

    int firstPiece(int document) {
        return documentPieces[document];
    }

    /** Exclusive. */
    int endPiece(int document) {
        return document + 1 < documents ? documentPieces[document + 1] : pieces;
    }

    /** Bytes of a document's entries. */
    int documentBytes(int document) {
        return documentBytes[document];
    }

    /** The buffer that the indexes below point into. */
    ByteBuffer bytes() {
        return bytes;
    }

    /** Where entry {@code i}'s header is. */
    int header(int i) {
        return headers[i];
    }

    /** Bytes of entry {@code i}, padding included. */
    int entryBytes(int i) {
        int header = headers[i];
        return EntryHeader.align(
                EntryHeader.payload(bytes, header) - header + EntryHeader.payloadLength(bytes, header));
    }

    int pieceStart(int piece) {
        return pieceStarts[piece];
    }

    int pieceBytes(int piece) {
        return pieceEnds[piece] - pieceStarts[piece];
    }
}
