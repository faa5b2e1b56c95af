package io.braid.client.producer;

import io.braid.protocol.records.FetchedRecords;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;

/** A batch as it is on the wire, read by Kafka's own code. */
final class WireBatch {
    final RecordBatch batch;
    final List<Record> records = new ArrayList<>();

    private WireBatch(RecordBatch batch) {
        this.batch = batch;
        batch.ensureValid();
        batch.iterator().forEachRemaining(records::add);
    }

    /** Seals the batch and reads what would be sent. */
    static WireBatch of(Batch batch, CompressionCodec codec) {
        BatchWriter.compress(batch, codec);
        BatchWriter.seal(batch, codec);
        FetchedRecords sent = BatchWriter.records(batch);
        ByteBuffer bytes = ByteBuffer.allocate(sent.sizeInBytes());
        for (FetchedRecords.Part part : sent.parts()) {
            bytes.put(((FetchedRecords.Bytes) part).buffer().nioBuffer());
        }
        sent.release();
        List<RecordBatch> batches = new ArrayList<>();
        MemoryRecords.readableRecords(bytes.flip()).batches().forEach(batches::add);
        if (batches.size() != 1) {
            throw new AssertionError(batches.size() + " batches");
        }
        return new WireBatch(batches.get(0));
    }

    /** The values, each of which is an int. */
    List<Integer> ints() {
        return records.stream().map(record -> record.value().getInt()).toList();
    }
}
