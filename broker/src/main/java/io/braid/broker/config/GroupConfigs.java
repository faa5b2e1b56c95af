package io.braid.broker.config;

import io.braid.broker.config.ConfigEntry.Synonym;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The settings of groups (resource GROUP): an override on the group, else the default. Immutable. */
public final class GroupConfigs {

    /** What is wrong with one setting; empty when nothing is. */
    public Optional<ConfigProblem> check(String name, String value) {
        return GroupKeys.TABLE.check(name, value);
    }

    /** Every key with its effective value and where it comes from. */
    public List<ConfigEntry> describe(Map<String, String> overrides) {
        List<ConfigEntry> entries = new ArrayList<>();
        for (ConfigKey<?> key : GroupKeys.TABLE.keys()) {
            List<Synonym> places = new ArrayList<>();
            String override = overrides.get(key.name());
            if (override != null) {
                places.add(new Synonym(key.name(), override, ConfigSource.GROUP));
            }
            places.add(new Synonym(key.name(), key.defaultText(), ConfigSource.DEFAULT));
            entries.add(ConfigEntry.of(key, false, places));
        }
        return entries;
    }
}
