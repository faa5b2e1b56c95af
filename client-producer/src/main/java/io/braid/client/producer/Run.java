package io.braid.client.producer;

/** Bytes of one batch that lie together in a chunk. Guarded by the producer's lock until the batch is closed. */
final class Run {
    final Chunk chunk;
    final int from;
    int end; // of what is written
    int limit; // of what is set aside
    Run next; // null for the last

    Run(Chunk chunk, int from, int size) {
        this.chunk = chunk;
        this.from = from;
        this.end = from;
        this.limit = from + size;
        chunk.pin();
    }

    int size() {
        return end - from;
    }
}
