package io.braid.client.consumer.group;

import java.util.Collections;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What a member wants to read: topics by name, or those that an expression matches. Immutable.
 *
 * @param topics in their order, so that what is sent is the same each time
 * @param expression in the syntax of RE2/J; with it there are no names
 */
record Subscription(SortedSet<String> topics, Optional<String> expression) {
    static final Subscription NONE = new Subscription(new TreeSet<>(), Optional.empty());

    Subscription {
        topics = Collections.unmodifiableSortedSet(new TreeSet<>(topics));
        if (expression.isPresent() && (expression.get().isEmpty() || !topics.isEmpty())) {
            throw new IllegalArgumentException("either topics or an expression: " + topics + " and " + expression);
        }
    }

    static Subscription to(Set<String> topics) {
        return new Subscription(new TreeSet<>(topics), Optional.empty());
    }

    static Subscription matching(String expression) {
        return new Subscription(new TreeSet<>(), Optional.of(expression));
    }

    boolean isEmpty() {
        return topics.isEmpty() && expression.isEmpty();
    }
}
