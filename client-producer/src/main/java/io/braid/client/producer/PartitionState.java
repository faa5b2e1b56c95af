package io.braid.client.producer;

/**
 * A partition with records that are not acknowledged yet. Guarded by the producer's lock.
 *
 * <p>Batches go from open to queued to in flight. One that comes back with an error that passes waits in the retries until all
 * that was in flight is back; then the retries go to the front of the queue in the order of their sequences, and only then is
 * more of the partition sent. So no batch is ever sent ahead of one before it.
 */
final class PartitionState {
    /** Brokers know repetitions among the last five batches of a producer. */
    static final int MAX_IN_FLIGHT = 5;

    final TopicState topic;
    final int partition;
    Lane lane;
    Lane sentTo; // where the batches in flight are, or null
    Batch open; // or null
    private Batch head; // queue of closed batches, or null
    private Batch tail;
    Batch retries; // ordered by sequence, or null
    int inFlight;
    ProducerIdentity identity = ProducerIdentity.NONE;
    int nextSequence;
    int lastAcknowledged = -1; // highest sequence that is, of this identity; -1 for none
    boolean listed; // in the lane's ready list, or in the delayed ones
    long notBeforeNs;
    boolean delayed;
    int failures; // attempts in a row, for the back-off
    long drainedBy; // the drain that took a batch last

    PartitionState(TopicState topic, int partition, Lane lane) {
        this.topic = topic;
        this.partition = partition;
        this.lane = lane;
    }

    long key() {
        return key(topic.index, partition);
    }

    static long key(int topicIndex, int partition) {
        return (long) topicIndex << 32 | partition;
    }

    Batch head() {
        return head;
    }

    boolean hasQueued() {
        return head != null;
    }

    boolean idle() {
        return open == null && head == null && retries == null && inFlight == 0;
    }

    /**
     * Whether nothing may be sent until what is in flight is back. Of a producer that it does not know a broker takes any
     * sequence for the first: so the second batch must not be on its way before the first is acknowledged.
     */
    boolean blocked() {
        return retries != null
                || inFlight >= MAX_IN_FLIGHT
                || (inFlight > 0 && (sentTo != lane || lastAcknowledged < 0));
    }

    void enqueue(Batch batch) {
        batch.next = null;
        if (head == null) {
            head = batch;
        } else {
            tail.next = batch;
        }
        tail = batch;
    }

    Batch dequeue() {
        Batch first = head;
        head = first.next;
        first.next = null;
        if (head == null) {
            tail = null;
        }
        return first;
    }

    /** Takes a batch out of the queue or the retries. */
    void remove(Batch batch) {
        Batch before = null;
        for (Batch b = head; b != null; before = b, b = b.next) {
            if (b == batch) {
                if (before == null) {
                    head = b.next;
                } else {
                    before.next = b.next;
                }
                tail = tail == b ? before : tail;
                b.next = null;
                return;
            }
        }
        before = null;
        for (Batch b = retries; b != null; before = b, b = b.next) {
            if (b == batch) {
                if (before == null) {
                    retries = b.next;
                } else {
                    before.next = b.next;
                }
                b.next = null;
                return;
            }
        }
    }

    /** Keeps a batch that came back, in its place. */
    void retry(Batch batch) {
        Batch before = null;
        Batch at = retries;
        while (at != null && Sequences.before(at.sequence, batch.sequence)) {
            before = at;
            at = at.next;
        }
        batch.next = at;
        if (before == null) {
            retries = batch;
        } else {
            before.next = batch;
        }
    }

    /** Puts what came back to the front of the queue. */
    void requeueRetries() {
        if (retries == null) {
            return;
        }
        Batch last = retries;
        while (last.next != null) {
            last = last.next;
        }
        last.next = head;
        tail = head == null ? last : tail;
        head = retries;
        retries = null;
    }
}
