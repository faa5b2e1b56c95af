package io.braid.broker.group.consumer;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * A regular expression for topic names, in the syntax of RE2 (KIP-848), which matches in linear time. The whole name must
 * match. The cluster's own topics match only an expression that begins with the two underscores of their names, so that
 * {@code .*} means what users have. Immutable.
 */
final class TopicPattern {

    /** Longest expression, in characters. */
    static final int MAX_LENGTH = 4_096;

    /** Largest size of an expression with its counted repetitions written out: they cost memory, and time at each name. */
    static final int MAX_EXPANDED = 8_192;

    private final Pattern pattern;
    private final boolean internal;

    private TopicPattern(Pattern pattern, boolean internal) {
        this.pattern = pattern;
        this.internal = internal;
    }

    /** @throws IllegalArgumentException if it is no valid expression, or too large; the message says why */
    static TopicPattern compile(String regex) {
        if (regex.length() > MAX_LENGTH) {
            throw new IllegalArgumentException("longer than " + MAX_LENGTH + " characters");
        }
        if (expandedSize(regex) > MAX_EXPANDED) {
            throw new IllegalArgumentException("its repetitions come to more than " + MAX_EXPANDED + " characters");
        }
        try {
            return new TopicPattern(Pattern.compile(regex), regex.startsWith("__"));
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    boolean matches(String topic, boolean isInternal) {
        return (internal || !isInternal) && pattern.matches(topic);
    }

    /** An upper bound, as repetitions are multiplied into what they repeat: {@code (ab{10}){10}} counts 110 and a little. */
    private static long expandedSize(String regex) {
        Deque<Long> outer = new ArrayDeque<>();
        long size = 0;
        long last = 0; // of the latest atom, which is in size already
        for (int i = 0; i < regex.length() && size <= MAX_EXPANDED; i++) {
            char c = regex.charAt(i);
            int repeatEnd = c == '{' ? regex.indexOf('}', i) : -1;
            if (c == '(') {
                outer.push(size);
                size = 0;
                last = 0;
            } else if (c == ')' && !outer.isEmpty()) {
                last = size + 1;
                size = outer.pop() + last;
            } else if (repeatEnd > 0) {
                long times = repetitions(regex.substring(i + 1, repeatEnd));
                size += last * (times - 1) + 1;
                last *= times;
                i = repeatEnd;
            } else {
                last = 1;
                size++;
                if (c == '\\') {
                    i++;
                } else if (c == '[') {
                    i = endOfClass(regex, i);
                }
            }
        }
        for (long before : outer) {
            size += before;
        }
        return size;
    }

    private static int endOfClass(String regex, int start) {
        for (int i = start + 1; i < regex.length(); i++) {
            if (regex.charAt(i) == '\\') {
                i++;
            } else if (regex.charAt(i) == ']' && i > start + 1) {
                return i;
            }
        }
        return regex.length();
    }

    /** The larger number of {@code n}, {@code n,} or {@code n,m}, at least 1; 1 for what is no repetition. */
    private static long repetitions(String text) {
        long most = 1;
        for (String number : text.split(",", -1)) {
            if (!number.isEmpty() && number.length() <= 9 && number.chars().allMatch(c -> c >= '0' && c <= '9')) {
                most = Math.max(most, Long.parseLong(number));
            }
        }
        return most;
    }
}
