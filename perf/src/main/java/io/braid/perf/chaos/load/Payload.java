package io.braid.perf.chaos.load;

import io.braid.perf.chaos.history.Value;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.OptionalLong;

/** The bytes of a record: its value as text, a bar, and a filling that follows from the value. Bytes that differ anywhere are noticed. */
final class Payload {

    private Payload() {}

    /** @param size in bytes; more if the value needs it */
    static byte[] of(long value, int size) {
        byte[] text = (Value.text(value) + "|").getBytes(StandardCharsets.US_ASCII);
        byte[] payload = Arrays.copyOf(text, Math.max(size, text.length));
        fill(payload, text.length, value);
        return payload;
    }

    /** Empty if these bytes were never made by {@link #of}. */
    static OptionalLong read(byte[] payload) {
        int bar = 0;
        while (payload != null && bar < payload.length && payload[bar] != '|') {
            bar++;
        }
        if (payload == null || bar == payload.length) {
            return OptionalLong.empty();
        }
        try {
            long value = Value.parse(new String(payload, 0, bar, StandardCharsets.US_ASCII));
            byte[] expected = of(value, payload.length);
            return Arrays.equals(expected, payload) ? OptionalLong.of(value) : OptionalLong.empty();
        } catch (IllegalArgumentException e) {
            return OptionalLong.empty();
        }
    }

    private static void fill(byte[] payload, int from, long value) {
        for (int i = from; i < payload.length; i++) {
            payload[i] = (byte) ('a' + (value + i) % 23);
        }
    }
}
