package io.braid.controller;

import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * The binary formats of one kind of thing, commands or records. Each is written as type, version, fields, tagged
 * fields. A field that older releases may not skip takes a new version, which is written only once the finalised
 * metadata.version allows it; a tagged field may be skipped.
 *
 * @param <T> the sealed type
 */
final class Formats<T> {
    private record Format<T>(int type, int version, BiConsumer<ByteWriter, T> write, Function<ByteReader, T> read) {}

    private final String what;
    private final Map<Class<?>, Format<T>> byClass = new HashMap<>();
    private final Map<Integer, Format<T>> byType = new HashMap<>();

    Formats(String what) {
        this.what = what;
    }

    /** A type in its version 0; types are never used again for something else. */
    <S extends T> Formats<T> add(
            int type,
            Class<S> of,
            BiConsumer<ByteWriter, S> writeFields,
            Function<ByteReader, ? extends S> readFields) {
        Format<T> format =
                new Format<>(type, 0, (out, value) -> writeFields.accept(out, of.cast(value)), readFields::apply);
        if (byType.put(type, format) != null || byClass.put(of, format) != null) {
            throw new IllegalStateException(what + " type " + type + " twice");
        }
        return this;
    }

    void write(ByteWriter out, T value) {
        Format<T> format = byClass.get(value.getClass());
        if (format == null) {
            throw new IllegalStateException("no format for " + value.getClass().getSimpleName());
        }
        out.writeVarint(format.type());
        out.writeVarint(format.version());
        format.write().accept(out, value);
        out.writeNoTaggedFields();
    }

    /** @throws MalformedException if the bytes are none of these, or of a newer release */
    T read(ByteReader in) {
        int type = in.readVarint();
        int version = in.readVarint();
        Format<T> format = byType.get(type);
        if (format == null || version != format.version()) {
            throw new UnknownFormatException(what, type, version);
        }
        try {
            T value = format.read().apply(in);
            in.skipTaggedFields();
            return value;
        } catch (IllegalArgumentException e) {
            throw new MalformedException(what + " of type " + type + ": " + e.getMessage(), e);
        }
    }

    boolean knows(Class<?> type) {
        return byClass.containsKey(type);
    }
}
