package io.braid.client.producer;

/** All batches that hold memory, in the order of their creation; through the batches' own fields. Guarded by the producer's lock. */
final class BatchList {
    private Batch oldest;
    private Batch newest;

    boolean isEmpty() {
        return oldest == null;
    }

    /** The first one, from which {@link Batch#nextAll} leads to the others; null when there is none. */
    Batch oldest() {
        return oldest;
    }

    /** The oldest one whose listeners do not know the outcome; null when there is none. */
    Batch oldestUntold() {
        Batch batch = oldest;
        while (batch != null && batch.told) {
            batch = batch.nextAll;
        }
        return batch;
    }

    void add(Batch batch) {
        batch.previousAll = newest;
        if (newest == null) {
            oldest = batch;
        } else {
            newest.nextAll = batch;
        }
        newest = batch;
    }

    void remove(Batch batch) {
        if (batch.previousAll == null) {
            oldest = batch.nextAll;
        } else {
            batch.previousAll.nextAll = batch.nextAll;
        }
        if (batch.nextAll == null) {
            newest = batch.previousAll;
        } else {
            batch.nextAll.previousAll = batch.previousAll;
        }
        batch.previousAll = null;
        batch.nextAll = null;
    }

    /** Puts the halves of a batch in its place. */
    void replace(Batch batch, BatchSplit.Halves halves) {
        Batch before = batch.previousAll;
        Batch after = batch.nextAll;
        halves.first().previousAll = before;
        halves.first().nextAll = halves.second();
        halves.second().previousAll = halves.first();
        halves.second().nextAll = after;
        if (before == null) {
            oldest = halves.first();
        } else {
            before.nextAll = halves.first();
        }
        if (after == null) {
            newest = halves.second();
        } else {
            after.previousAll = halves.second();
        }
    }
}
