package io.braid.broker.cli;

import io.braid.client.producer.ProducerRecord;
import io.braid.client.producer.SendCallback;

/** Takes records for a cluster; which client library carries them is its own matter. Used by one thread. */
interface RecordSink extends AutoCloseable {
    /**
     * Begins to send.
     *
     * @param callback hears of the outcome on a thread of the library's, or on this one when the record was not even begun
     */
    void send(ProducerRecord<byte[], byte[]> record, SendCallback callback);

    /** Waits until the outcome of everything before is told. */
    void flush();

    @Override
    void close();
}
