package io.braid.broker.config;

import java.util.Objects;
import java.util.Optional;

/**
 * One key of a {@link ConfigTable}. Immutable.
 *
 * @param <T> what its value becomes
 */
public final class ConfigKey<T> {

    /** When a change of the key takes effect. */
    public enum Change {
        /** Read once, when the node starts: AlterConfigs refuses it. */
        AT_START,
        /** May be altered while the node runs, for one broker or for all. */
        AT_RUN_TIME
    }

    private final String name;
    private final ConfigType<T> type;
    private final String defaultText;
    private final String unit;
    private final String doc;
    private final Change change;
    private final String brokerKey;
    private final String ignored;

    private ConfigKey(
            String name,
            ConfigType<T> type,
            String defaultText,
            String unit,
            String doc,
            Change change,
            String brokerKey,
            String ignored) {
        this.name = Objects.requireNonNull(name);
        this.type = Objects.requireNonNull(type);
        this.defaultText = Objects.requireNonNull(defaultText);
        this.unit = Objects.requireNonNull(unit);
        this.doc = Objects.requireNonNull(doc);
        this.change = change;
        this.brokerKey = brokerKey;
        this.ignored = ignored;
    }

    /**
     * A key that is read at start.
     *
     * @param unit of a number, such as {@code ms} or {@code bytes}; empty when it has none
     */
    static <T> ConfigKey<T> key(String name, ConfigType<T> type, String defaultText, String unit, String doc) {
        return new ConfigKey<>(name, type, defaultText, unit, doc, Change.AT_START, "", "");
    }

    /** The same key, which may be altered while the node runs. */
    ConfigKey<T> atRunTime() {
        return new ConfigKey<>(name, type, defaultText, unit, doc, Change.AT_RUN_TIME, brokerKey, ignored);
    }

    /** The same key, whose default is what the broker has for {@code key}. */
    ConfigKey<T> defaultFrom(ConfigKey<?> key) {
        return new ConfigKey<>(name, type, key.defaultText(), unit, doc, change, key.name(), ignored);
    }

    /** The same key, accepted because clients set it, without any effect; {@code why} says what happens instead. */
    ConfigKey<T> ignored(String why) {
        return new ConfigKey<>(name, type, defaultText, unit, doc, change, brokerKey, why);
    }

    public String name() {
        return name;
    }

    public ConfigType<T> type() {
        return type;
    }

    /** The default as it would be written in a file; empty for "not set". */
    public String defaultText() {
        return defaultText;
    }

    /** Unit of a number; empty when it has none. */
    public String unit() {
        return unit;
    }

    /** One or two sentences for the documentation. */
    public String doc() {
        return doc;
    }

    public Change change() {
        return change;
    }

    /** The broker's key that gives the default of this topic key. */
    public Optional<String> brokerKey() {
        return brokerKey.isEmpty() ? Optional.empty() : Optional.of(brokerKey);
    }

    /** Why the key has no effect; empty for a key that has one. */
    public Optional<String> ignored() {
        return ignored.isEmpty() ? Optional.empty() : Optional.of(ignored);
    }

    public boolean isList() {
        return type.wire() == ConfigType.Wire.LIST;
    }

    /** What is wrong with {@code text} as a value of this key; empty when nothing is. */
    public Optional<ConfigProblem> check(String text) {
        try {
            type.parse(text);
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.of(new ConfigProblem(name, text, "must be " + type.allowed() + inUnit()));
        }
    }

    private String inUnit() {
        return unit.isEmpty() ? "" : " (" + unit + ")";
    }

    @Override
    public String toString() {
        return name;
    }
}
