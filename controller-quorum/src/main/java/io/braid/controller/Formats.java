package io.braid.controller;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * The binary formats of one kind of thing, commands or records. Each is written as type, version, fields, tagged
 * fields. A field that older releases may not skip takes a new version; a tagged field may be skipped. A value is written in
 * the oldest version that can say all of it: values that need a newer one come to be only once the finalised
 * metadata.version allows it.
 *
 * @param <T> the sealed type
 */
final class Formats<T> {
    private record Format<T>(
            int type, int version, Predicate<T> fits, BiConsumer<ByteWriter, T> write, Function<ByteReader, T> read) {}

    private final String what;
    /** By version, without gaps. */
    private final Map<Class<?>, List<Format<T>>> byClass = new HashMap<>();

    private final Map<Integer, List<Format<T>>> byType = new HashMap<>();

    Formats(String what) {
        this.what = what;
    }

    /** A type in its version 0; types are never used again for something else. */
    <S extends T> Formats<T> add(
            int type,
            Class<S> of,
            BiConsumer<ByteWriter, S> writeFields,
            Function<ByteReader, ? extends S> readFields) {
        return add(type, of, value -> true, writeFields, readFields);
    }

    /**
     * The next version of a type.
     *
     * @param fits whether this version can say all of a value; the last version takes every value
     */
    <S extends T> Formats<T> add(
            int type,
            Class<S> of,
            Predicate<S> fits,
            BiConsumer<ByteWriter, S> writeFields,
            Function<ByteReader, ? extends S> readFields) {
        List<Format<T>> versions = byType.computeIfAbsent(type, unused -> new ArrayList<>());
        Format<T> format = new Format<>(
                type,
                versions.size(),
                value -> fits.test(of.cast(value)),
                (out, value) -> writeFields.accept(out, of.cast(value)),
                readFields::apply);
        versions.add(format);
        if (byClass.putIfAbsent(of, versions) != null && byClass.get(of) != versions) {
            throw new IllegalStateException(what + " type " + type + " twice");
        }
        return this;
    }

    void write(ByteWriter out, T value) {
        Format<T> format = formatOf(value);
        out.writeVarint(format.type());
        out.writeVarint(format.version());
        format.write().accept(out, value);
        out.writeNoTaggedFields();
    }

    private Format<T> formatOf(T value) {
        for (Format<T> version : byClass.getOrDefault(value.getClass(), List.of())) {
            if (version.fits().test(value)) {
                return version;
            }
        }
        throw new IllegalStateException("no format for " + value.getClass().getSimpleName());
    }

    /** @throws MalformedException if the bytes are none of these, or of a newer release */
    T read(ByteReader in) {
        int type = in.readVarint();
        int version = in.readVarint();
        List<Format<T>> versions = byType.getOrDefault(type, List.of());
        if (version < 0 || version >= versions.size()) {
            throw new UnknownFormatException(what, type, version);
        }
        Format<T> format = versions.get(version);
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
