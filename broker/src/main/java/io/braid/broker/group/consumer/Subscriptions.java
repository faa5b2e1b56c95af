package io.braid.broker.group.consumer;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** What the members of a group ask for, counted, so that nothing need be asked of each. Owned by the group. */
final class Subscriptions {
    private final Map<String, Integer> names = new HashMap<>();
    private final TreeMap<String, Integer> regexes = new TreeMap<>();
    private final TreeMap<String, Integer> assignors = new TreeMap<>();
    private int classicMembers;

    /** A member asks for {@code now} what was {@code before}; {@link MemberSubscription#NONE} for no member. */
    void replace(MemberSubscription before, MemberSubscription now) {
        if (!before.topics().equals(now.topics())) {
            before.topics().forEach(topic -> count(names, topic, -1));
            now.topics().forEach(topic -> count(names, topic, 1));
        }
        count(regexes, before.regex(), -1);
        count(regexes, now.regex(), 1);
        count(assignors, before.assignor(), -1);
        count(assignors, now.assignor(), 1);
        classicMembers +=
                (now.classic().isPresent() ? 1 : 0) - (before.classic().isPresent() ? 1 : 0);
    }

    /** Topics some member asks for by name. */
    Set<String> names() {
        return names.keySet();
    }

    /** Expressions some member asks for, ascending. */
    Set<String> regexes() {
        return regexes.keySet();
    }

    /** The assignor most members ask for, the first by name of several; empty if none asks for any. */
    Optional<String> mostWantedAssignor() {
        String most = null;
        for (Map.Entry<String, Integer> entry : assignors.entrySet()) {
            if (most == null || entry.getValue() > assignors.get(most)) {
                most = entry.getKey();
            }
        }
        return Optional.ofNullable(most);
    }

    int classicMembers() {
        return classicMembers;
    }

    private static void count(Map<String, Integer> counts, String key, int by) {
        if (!key.isEmpty()) {
            counts.merge(key, by, (a, b) -> a + b == 0 ? null : Integer.valueOf(a + b));
        }
    }
}
