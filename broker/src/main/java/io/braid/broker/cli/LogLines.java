package io.braid.broker.cli;

import io.braid.log.InspectedEntry;
import io.braid.protocol.records.BatchHeader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;

/** Prints what was found in logs: a word and {@code name=value} pairs, or a JSON object with the word as {@code kind}. */
final class LogLines {
    private final Console console;
    private final boolean json;

    LogLines(Console console, boolean json) {
        this.console = console;
        this.json = json;
    }

    void print(String kind, Map<String, Object> members) {
        if (json) {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("kind", kind);
            line.putAll(members);
            console.line(Json.of(line));
            return;
        }
        StringBuilder text = new StringBuilder(kind);
        members.forEach((name, value) ->
                text.append(' ').append(name).append('=').append(value instanceof CharSequence ? plain(value) : value));
        console.line(text.toString());
    }

    /** Texts with spaces are quoted as in JSON. */
    private static String plain(Object value) {
        String text = value.toString();
        return text.isEmpty() || text.chars().anyMatch(c -> c <= ' ' || c == '"') ? Json.of(text) : text;
    }

    /** An entry; its checksums were good, or it would not have been found. */
    void entry(InspectedEntry entry) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("lsn", entry.lsn());
        line.put("epoch", entry.leaderEpoch());
        line.put("type", entry.type());
        line.put("topicId", entry.topicId().toString());
        line.put("partition", entry.partition());
        if (entry.batch().isPresent()) {
            ByteBuffer batch = entry.batch().get();
            line.put("baseOffset", BatchHeader.baseOffset(batch, 0));
            line.put("lastOffset", BatchHeader.lastOffset(batch, 0));
            line.put("records", BatchHeader.count(batch, 0));
            line.put("maxTimestamp", BatchHeader.maxTimestamp(batch, 0));
            line.put("producerId", BatchHeader.producerId(batch, 0));
            line.put("producerEpoch", BatchHeader.producerEpoch(batch, 0));
            line.put("baseSequence", BatchHeader.baseSequence(batch, 0));
            line.put("codec", codec(batch));
            line.put("bytes", BatchHeader.sizeInBytes(batch, 0));
        } else {
            line.put("offset", entry.offset());
        }
        line.put("position", entry.position());
        line.put("crc", "ok");
        print("entry", line);
    }

    private static String codec(ByteBuffer batch) {
        try {
            return CompressionType.forId(BatchHeader.compression(batch, 0)).name;
        } catch (IllegalArgumentException e) {
            return "unknown";
        }
    }

    void records(ByteBuffer batch) {
        for (Record record :
                MemoryRecords.readableRecords(batch.duplicate().position(0)).records()) {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("offset", record.offset());
            line.put("timestamp", record.timestamp());
            put(line, "key", record.key());
            put(line, "value", record.value());
            line.put("headers", record.headers().length);
            print("record", line);
        }
    }

    private static void put(Map<String, Object> line, String name, ByteBuffer bytes) {
        if (bytes == null) {
            line.put(name, null);
            return;
        }
        byte[] copy = new byte[bytes.remaining()];
        bytes.duplicate().get(copy);
        try {
            line.put(
                    name,
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(ByteBuffer.wrap(copy))
                            .toString());
        } catch (CharacterCodingException e) {
            line.put(name + "Base64", Base64.getEncoder().encodeToString(copy));
        }
    }
}
