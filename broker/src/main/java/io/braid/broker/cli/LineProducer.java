package io.braid.broker.cli;

import io.braid.client.producer.ProducerRecord;
import io.braid.client.producer.RecordMetadata;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Sends lines as records and stops at the first that fails. Confined to one thread, but for the acknowledgements, which
 * come on the client's.
 */
final class LineProducer {

    private record Refusal(long line, Exception error) {}

    private record Range(long first, long last) {}

    private final RecordSink sink;
    private final String topic;
    private final OptionalInt partition;
    private final byte[] separator;
    private final AtomicReference<Refusal> refusal = new AtomicReference<>();
    private final Map<Integer, Range> acknowledged = new TreeMap<>(); // of the client's thread until it is flushed
    private long records;
    private long bytes;

    /**
     * @param separator between key and value; empty for lines without a key
     */
    LineProducer(RecordSink sink, String topic, Optional<Integer> partition, byte[] separator) {
        this.sink = sink;
        this.topic = topic;
        this.partition = partition.map(OptionalInt::of).orElseGet(OptionalInt::empty);
        this.separator = separator.clone();
    }

    /**
     * Sends every line and waits for the acknowledgements.
     *
     * @throws CliException when a record was not acknowledged; some of those before and after it may have been
     */
    void sendAll(LineReader lines) throws IOException {
        for (Optional<byte[]> line = lines.next(); line.isPresent(); line = lines.next()) {
            send(line.get());
            failIfRefused();
        }
        sink.flush();
        failIfRefused();
    }

    private void send(byte[] line) {
        long number = ++records;
        bytes += line.length;
        KeyedLine record;
        try {
            record = KeyedLine.cut(line, separator);
        } catch (IllegalArgumentException e) {
            throw CliException.failed("line " + number + " " + e.getMessage(), e);
        }
        try {
            sink.send(
                    new ProducerRecord<>(
                            topic, partition, OptionalLong.empty(), record.key(), record.value(), List.of()),
                    (metadata, error) -> onAnswer(number, metadata, error));
        } catch (RuntimeException e) {
            throw CliException.failed("line " + number + ": " + Failure.oneLine(e), e);
        }
    }

    private void onAnswer(long number, RecordMetadata metadata, Exception error) {
        if (error != null) {
            refusal.compareAndSet(null, new Refusal(number, error));
        } else if (metadata.offset() != RecordMetadata.UNKNOWN_OFFSET) {
            long offset = metadata.offset();
            acknowledged.merge(
                    metadata.partition(),
                    new Range(offset, offset),
                    (range, one) -> new Range(range.first(), one.last()));
        }
    }

    private void failIfRefused() {
        Refusal refused = refusal.get();
        if (refused != null) {
            throw CliException.failed(
                    "line " + refused.line() + ": " + Failure.oneLine(refused.error()), refused.error());
        }
    }

    long records() {
        return records;
    }

    /** Of the lines, without their newlines. */
    long bytes() {
        return bytes;
    }

    /** What was written where; after {@link #sendAll}. */
    Map<String, Object> summary() {
        Map<String, Object> partitions = new LinkedHashMap<>();
        acknowledged.forEach((id, range) -> {
            Map<String, Object> offsets = new LinkedHashMap<>();
            offsets.put("first", range.first());
            offsets.put("last", range.last());
            partitions.put(Integer.toString(id), offsets);
        });
        Map<String, Object> summary = new LinkedHashMap<>();
        summary.put("topic", topic);
        summary.put("records", records);
        summary.put("bytes", bytes);
        summary.put("partitions", partitions);
        return summary;
    }
}
