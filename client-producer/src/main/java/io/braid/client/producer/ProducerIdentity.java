package io.braid.client.producer;

/** By which brokers know repetitions. Immutable. */
record ProducerIdentity(long id, short epoch) {
    static final ProducerIdentity NONE = new ProducerIdentity(-1, (short) -1);

    /** Whether there are no more epochs to go to: then a new id is needed. */
    boolean isLast() {
        return epoch == Short.MAX_VALUE;
    }

    ProducerIdentity next() {
        return new ProducerIdentity(id, (short) (epoch + 1));
    }
}
