package io.braid.broker.config;

import java.util.Map;
import java.util.TreeMap;

/** The valid values of all keys of a table: given, or default. Immutable. */
public final class ConfigValues {

    private final ConfigTable table;
    private final Map<String, String> given;

    /** The texts must have passed {@link ConfigTable#check(Map)}. */
    ConfigValues(ConfigTable table, Map<String, String> given) {
        this.table = table;
        this.given = Map.copyOf(given);
    }

    public ConfigTable table() {
        return table;
    }

    /** The value of a key of this table. */
    public <T> T get(ConfigKey<T> key) {
        return key.type().parse(text(key));
    }

    /** The value as it was written, or the default. */
    public String text(ConfigKey<?> key) {
        return given.getOrDefault(key.name(), key.defaultText());
    }

    /** Whether the key was given, be it with its default value. */
    public boolean isGiven(String name) {
        return given.containsKey(name);
    }

    /** What was given, sorted by name; aliases are resolved. */
    public Map<String, String> given() {
        return new TreeMap<>(given);
    }
}
