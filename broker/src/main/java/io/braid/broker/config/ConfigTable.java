package io.braid.broker.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The keys that one kind of thing (a node, a topic, a group) has, in the order of their documentation. It validates
 * everything at once and knows no key but its own. Immutable.
 */
public final class ConfigTable {

    /** A run of keys under one heading. */
    record Section(String title, String text, List<ConfigKey<?>> keys) {}

    /** Another way to write a key in a coarser unit, such as {@code log.retention.hours}. */
    record Alias(String name, ConfigKey<Long> key, long factor) {}

    private final String kind;
    private final List<Section> sections;
    private final List<Alias> aliases;
    private final Map<String, ConfigKey<?>> byName = new LinkedHashMap<>();

    private ConfigTable(String kind, List<Section> sections, List<Alias> aliases) {
        this.kind = kind;
        this.sections = List.copyOf(sections);
        this.aliases = List.copyOf(aliases);
        for (Section section : sections) {
            for (ConfigKey<?> key : section.keys()) {
                if (byName.put(key.name(), key) != null) {
                    throw new IllegalArgumentException("key twice: " + key.name());
                }
                key.type().parse(key.defaultText());
            }
        }
    }

    static Builder builder(String kind) {
        return new Builder(kind);
    }

    static final class Builder {
        private final String kind;
        private final List<Section> sections = new ArrayList<>();
        private final List<Alias> aliases = new ArrayList<>();

        private Builder(String kind) {
            this.kind = kind;
        }

        Builder section(String title, String text, ConfigKey<?>... keys) {
            sections.add(new Section(title, text, List.of(keys)));
            return this;
        }

        /** {@code name=n} means {@code key=n * factor} unless {@code key} or an alias named before it is given. */
        Builder alias(String name, ConfigKey<Long> key, long factor) {
            aliases.add(new Alias(name, key, factor));
            return this;
        }

        ConfigTable build() {
            return new ConfigTable(kind, sections, aliases);
        }
    }

    /** What has these keys: {@code node}, {@code topic} or {@code group}. */
    public String kind() {
        return kind;
    }

    List<Section> sections() {
        return sections;
    }

    List<Alias> aliases() {
        return aliases;
    }

    /** All keys in the order of the documentation. */
    public Collection<ConfigKey<?>> keys() {
        return List.copyOf(byName.values());
    }

    public Optional<ConfigKey<?>> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    /** Everything that is wrong with the texts, in the order of the keys' names; empty when all is well. */
    public List<ConfigProblem> check(Map<String, String> texts) {
        List<ConfigProblem> problems = new ArrayList<>();
        new TreeMap<>(texts).forEach((name, text) -> check(name, text).ifPresent(problems::add));
        return problems;
    }

    /** What is wrong with one key and its value; empty when nothing is. */
    public Optional<ConfigProblem> check(String name, String text) {
        ConfigKey<?> key = byName.get(name);
        if (key != null) {
            return key.check(text);
        }
        for (Alias alias : aliases) {
            if (alias.name().equals(name)) {
                return checkAlias(alias, text);
            }
        }
        return Optional.of(unknown(name, text));
    }

    /**
     * The values of all keys, given or default.
     *
     * @throws ConfigException with every problem, when there is one
     */
    public ConfigValues parse(Map<String, String> texts) throws ConfigException {
        List<ConfigProblem> problems = check(texts);
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
        Map<String, String> given = new TreeMap<>(texts);
        for (Alias alias : aliases) {
            String text = given.remove(alias.name());
            if (text != null) {
                given.putIfAbsent(alias.key().name(), scaled(alias, text));
            }
        }
        return new ConfigValues(this, given);
    }

    private static String scaled(Alias alias, String text) {
        long count = Long.parseLong(text.trim());
        return Long.toString(count < 0 ? count : Math.multiplyExact(count, alias.factor()));
    }

    private static Optional<ConfigProblem> checkAlias(Alias alias, String text) {
        try {
            return alias.key().check(scaled(alias, text)).map(p -> aliasProblem(alias, text));
        } catch (NumberFormatException | ArithmeticException e) {
            return Optional.of(aliasProblem(alias, text));
        }
    }

    private static ConfigProblem aliasProblem(Alias alias, String text) {
        return new ConfigProblem(
                alias.name(),
                text,
                "stands for " + alias.key().name() + "=" + alias.factor() + " times the value, which must be "
                        + alias.key().type().allowed());
    }

    private ConfigProblem unknown(String name, String text) {
        List<String> known = new ArrayList<>(byName.keySet());
        aliases.forEach(a -> known.add(a.name()));
        String hint = NearestName.of(name, known)
                .map(n -> "; did you mean " + n + "?")
                .orElse("");
        return new ConfigProblem(name, text, "unknown " + kind + " key" + hint);
    }
}
