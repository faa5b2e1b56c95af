package io.braid.broker.cli;

import io.braid.client.consumer.ConsumerRecord;

/** Puts records on standard output. */
interface RecordPrinter {

    /**
     * Prints one record.
     *
     * @throws OutputClosedException when nobody reads any more
     */
    void print(ConsumerRecord<byte[], byte[]> record);

    /** Hands to the reader what was printed; called whenever there is nothing to print at once. */
    void flush();
}
