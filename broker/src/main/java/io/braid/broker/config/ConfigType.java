package io.braid.broker.config;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * How a value is written, what it becomes, and what is allowed. Immutable.
 *
 * @param <T> what a valid text becomes
 */
public final class ConfigType<T> {

    /** The type as DescribeConfigs names it (KIP-569). */
    public enum Wire {
        BOOLEAN(1),
        STRING(2),
        INT(3),
        SHORT(4),
        LONG(5),
        DOUBLE(6),
        LIST(7);

        private final byte id;

        Wire(int id) {
            this.id = (byte) id;
        }

        public byte id() {
            return id;
        }
    }

    /** Turns a text into a value. */
    @FunctionalInterface
    public interface Parser<T> {
        /**
         * The value that a text stands for.
         *
         * @param text trimmed, never null
         * @throws IllegalArgumentException when the text is not an allowed value; its message is not shown
         */
        T parse(String text);
    }

    private final Wire wire;
    private final String allowed;
    private final Parser<T> parser;

    private ConfigType(Wire wire, String allowed, Parser<T> parser) {
        this.wire = Objects.requireNonNull(wire);
        this.allowed = Objects.requireNonNull(allowed);
        this.parser = Objects.requireNonNull(parser);
    }

    /** A type of its own: {@code allowed} completes the sentence "must be ...". */
    public static <T> ConfigType<T> of(Wire wire, String allowed, Parser<T> parser) {
        return new ConfigType<>(wire, allowed, parser);
    }

    /** A whole number from {@code min} to {@code max}, both included. */
    public static ConfigType<Integer> integer(int min, int max) {
        return of(Wire.INT, range(min, max, Integer.MIN_VALUE, Integer.MAX_VALUE), text -> {
            int value = Integer.parseInt(text);
            require(value >= min && value <= max);
            return value;
        });
    }

    /** A whole number of 64 bits from {@code min} to {@code max}, both included. */
    public static ConfigType<Long> whole(long min, long max) {
        return of(Wire.LONG, range(min, max, Long.MIN_VALUE, Long.MAX_VALUE), text -> {
            long value = Long.parseLong(text);
            require(value >= min && value <= max);
            return value;
        });
    }

    /** A number from {@code min} to {@code max}, both included. */
    public static ConfigType<Double> decimal(double min, double max) {
        return of(Wire.DOUBLE, "a number from " + plain(min) + " to " + plain(max), text -> {
            double value = new BigDecimal(text).doubleValue();
            require(value >= min && value <= max);
            return value;
        });
    }

    /** {@code true} or {@code false}, in any case. */
    public static ConfigType<Boolean> bool() {
        return of(Wire.BOOLEAN, "true or false", text -> {
            String lower = text.toLowerCase(Locale.ROOT);
            require(lower.equals("true") || lower.equals("false"));
            return lower.equals("true");
        });
    }

    /** Any text. */
    public static ConfigType<String> text() {
        return of(Wire.STRING, "a text", text -> text);
    }

    /** One of the given words. */
    public static ConfigType<String> oneOf(String... words) {
        List<String> list = List.of(words);
        return of(Wire.STRING, "one of " + String.join(", ", list), text -> {
            require(list.contains(text));
            return text;
        });
    }

    /** One of an enum's constants, written in lower case. */
    public static <E extends Enum<E>> ConfigType<E> oneOf(Class<E> constants) {
        List<String> names = Arrays.stream(constants.getEnumConstants())
                .map(c -> c.name().toLowerCase(Locale.ROOT))
                .toList();
        return of(Wire.STRING, "one of " + String.join(", ", names), text -> {
            require(names.contains(text));
            return Enum.valueOf(constants, text.toUpperCase(Locale.ROOT));
        });
    }

    /** A comma-separated list of different values of {@code element}; {@code allowed} completes "must be ...". */
    public static <T> ConfigType<List<T>> listOf(String allowed, boolean mayBeEmpty, Parser<T> element) {
        return of(Wire.LIST, allowed, text -> {
            List<T> values = split(text).map(element::parse).toList();
            require(mayBeEmpty || !values.isEmpty());
            require(values.size() == values.stream().distinct().count());
            return values;
        });
    }

    /**
     * The value that a text stands for.
     *
     * @throws IllegalArgumentException when the text is not allowed; say {@link #allowed()}
     */
    public T parse(String text) {
        return parser.parse(text.trim());
    }

    public Wire wire() {
        return wire;
    }

    /** Completes the sentence "must be ...". */
    public String allowed() {
        return allowed;
    }

    /** The elements of a comma-separated list, trimmed, without empty ones. */
    static Stream<String> split(String list) {
        return Arrays.stream(list.split(",", -1)).map(String::trim).filter(s -> !s.isEmpty());
    }

    /** Refuses the value at hand unless {@code ok}. */
    static void require(boolean ok) {
        if (!ok) {
            throw new IllegalArgumentException("not allowed");
        }
    }

    private static String range(long min, long max, long lowest, long highest) {
        if (max == highest) {
            return min == lowest ? "a whole number" : "a whole number, at least " + min;
        }
        return "a whole number from " + min + " to " + max;
    }

    private static String plain(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }
}
