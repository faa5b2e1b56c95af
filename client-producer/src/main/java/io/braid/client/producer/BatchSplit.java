package io.braid.client.producer;

import java.nio.ByteBuffer;

/**
 * Makes two batches of one that a broker finds too large. The halves have the sequence numbers of their records, so that
 * nothing else changes. Stateless; under the producer's lock.
 */
final class BatchSplit {
    private BatchSplit() {}

    /** What takes the batch's place. */
    record Halves(Batch first, Batch second) {}

    /** The memory of the halves may exceed the limit by the size of the batch, until the batch is released. */
    static Halves halve(Batch batch, BufferPool pool, int headerBytes) {
        int firstCount = batch.count / 2;
        Batch first = part(batch, 0);
        Batch second = part(batch, firstCount);
        first.sequence = batch.sequence;
        second.sequence = Sequences.next(batch.sequence, firstCount);
        int index = 0;
        int skip = headerBytes;
        Halves halves = new Halves(first, second);
        int capacity = batch.bytes + headerBytes + batch.count * 5;
        Chunk chunk = pool.chunkBeyondLimit(2 * capacity);
        open(first, chunk, capacity, headerBytes);
        open(second, chunk, capacity, headerBytes);
        for (Run run = batch.first; run != null; run = run.next) {
            ByteBuffer in = run.chunk.view(run.from + skip, run.size() - skip);
            skip = 0;
            while (in.hasRemaining()) {
                copy(in, batch, index, index < firstCount ? first : second, index < firstCount ? 0 : firstCount);
                index++;
            }
        }
        pool.unpin(chunk);
        return halves;
    }

    private static Batch part(Batch whole, int from) {
        Batch part = new Batch(whole.id, whole.partition, whole.createdNs, whole.timestamp(from));
        part.chargedBytes = 0; // the whole's charge goes with the whole: for a while this is a few bytes too little
        part.identity = whole.identity;
        part.attempts = whole.attempts;
        part.lastError = whole.lastError;
        return part;
    }

    private static void open(Batch batch, Chunk chunk, int capacity, int headerBytes) {
        Run run = new Run(chunk, chunk.take(capacity), capacity);
        run.end += headerBytes;
        batch.first = run;
        batch.last = run;
        batch.bytes = headerBytes;
    }

    private static void copy(ByteBuffer in, Batch whole, int index, Batch to, int firstIndex) {
        int body = RecordFormat.readVarint(in);
        int end = in.position() + body;
        in.get(); // attributes
        RecordFormat.readVarlong(in);
        RecordFormat.readVarint(in);
        int restBytes = end - in.position();
        long timestamp = whole.timestamp(index);
        long timestampDelta = timestamp - to.baseTimestamp;
        int offsetDelta = index - firstIndex;
        int newBody =
                1 + RecordFormat.sizeOfVarlong(timestampDelta) + RecordFormat.sizeOfVarint(offsetDelta) + restBytes;
        int size = RecordFormat.sizeWithLength(newBody);
        ByteBuffer out = to.first.chunk.view(to.first.end, size);
        RecordFormat.writeVarint(out, newBody);
        out.put((byte) 0);
        RecordFormat.writeVarlong(out, timestampDelta);
        RecordFormat.writeVarint(out, offsetDelta);
        out.put(in.slice(in.position(), restBytes));
        in.position(end);
        to.first.end += size;
        to.added(timestamp, size, whole.listener(index));
    }
}
