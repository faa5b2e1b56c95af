package io.braid.broker.cli;

import io.braid.client.RecordHeader;
import io.braid.client.consumer.ConsumerRecord;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Prints each record as an object; bytes that are not UTF-8 become base64 under a name ending in {@code Base64}. */
final class JsonRecordPrinter implements RecordPrinter {

    private final Console console;

    JsonRecordPrinter(Console console) {
        this.console = console;
    }

    @Override
    public void print(ConsumerRecord<byte[], byte[]> record) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("topic", record.topic());
        line.put("partition", record.partition());
        line.put("offset", record.offset());
        line.put("timestamp", record.timestampMs());
        put(line, "key", record.key());
        put(line, "value", record.value());
        List<Map<String, Object>> headers = new ArrayList<>();
        for (RecordHeader header : record.headers()) {
            Map<String, Object> member = new LinkedHashMap<>();
            member.put("name", header.key());
            put(member, "value", header.value());
            headers.add(member);
        }
        if (!headers.isEmpty()) {
            line.put("headers", headers);
        }
        console.line(Json.of(line));
    }

    private static void put(Map<String, Object> line, String name, byte[] bytes) {
        try {
            line.put(
                    name,
                    bytes == null
                            ? null
                            : StandardCharsets.UTF_8
                                    .newDecoder()
                                    .decode(ByteBuffer.wrap(bytes))
                                    .toString());
        } catch (CharacterCodingException e) {
            line.put(name + "Base64", Base64.getEncoder().encodeToString(bytes));
        }
    }

    @Override
    public void flush() {
        console.flush();
    }
}
