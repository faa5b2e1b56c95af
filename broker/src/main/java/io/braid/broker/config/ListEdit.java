package io.braid.broker.config;

import java.util.LinkedHashSet;
import java.util.Set;

/** APPEND and SUBTRACT of IncrementalAlterConfigs on the text of a list. */
public final class ListEdit {

    private ListEdit() {}

    /** {@code current} with the elements of {@code added} that it lacks at its end. */
    public static String append(String current, String added) {
        Set<String> elements = elements(current);
        elements.addAll(elements(added));
        return String.join(",", elements);
    }

    /** {@code current} without the elements of {@code removed}. */
    public static String subtract(String current, String removed) {
        Set<String> elements = elements(current);
        elements.removeAll(elements(removed));
        return String.join(",", elements);
    }

    private static Set<String> elements(String list) {
        Set<String> elements = new LinkedHashSet<>();
        ConfigType.split(list).forEach(elements::add);
        return elements;
    }
}
