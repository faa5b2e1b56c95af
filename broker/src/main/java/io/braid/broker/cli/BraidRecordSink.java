package io.braid.broker.cli;

import io.braid.client.producer.CompressionCodec;
import io.braid.client.producer.Producer;
import io.braid.client.producer.ProducerRecord;
import io.braid.client.producer.SendCallback;
import io.braid.client.producer.Serializer;
import java.time.Duration;

/** By Braid's own producer: acknowledged by all in-sync replicas, each record once. */
final class BraidRecordSink implements RecordSink {
    private static final int BATCH_BYTES = 128 << 10;
    private static final long BUFFER_BYTES = 160L << 20; // room for two records of the largest size

    private final Producer<byte[], byte[]> producer;

    BraidRecordSink(String bootstrap, CompressionCodec compression, int maxRequestBytes, Duration maxBlock) {
        producer = Producer.builder(bootstrap, Serializer.bytes(), Serializer.bytes())
                .client(client -> client.clientId("braid-cli"))
                .compression(compression)
                .batchBytes(BATCH_BYTES)
                .maxRequestBytes(maxRequestBytes)
                .bufferBytes(BUFFER_BYTES)
                .maxBlock(maxBlock)
                .build();
    }

    @Override
    public void send(ProducerRecord<byte[], byte[]> record, SendCallback callback) {
        producer.send(record, callback);
    }

    @Override
    public void flush() {
        producer.flush();
    }

    @Override
    public void close() {
        producer.close();
    }
}
