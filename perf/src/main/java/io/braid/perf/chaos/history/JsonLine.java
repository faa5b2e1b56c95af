package io.braid.perf.chaos.history;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** One flat JSON object of texts, whole numbers and lists of texts: all that a line of a history needs. */
final class JsonLine {
    private final String text;
    private int at;

    private JsonLine(String text) {
        this.text = text;
    }

    /**
     * @return String, Long or List of String by name
     * @throws IllegalArgumentException if it is not such an object
     */
    static Map<String, Object> parse(String line) {
        return new JsonLine(line).object();
    }

    static void quote(String value, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < ' ') {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }

    private Map<String, Object> object() {
        Map<String, Object> members = new HashMap<>();
        expect('{');
        do {
            String name = string();
            expect(':');
            members.put(name, value());
        } while (more('}'));
        if (at != text.length()) {
            throw damaged();
        }
        return members;
    }

    private Object value() {
        char c = peek();
        if (c == '"') {
            return string();
        }
        if (c == '[') {
            return list();
        }
        return number();
    }

    private List<String> list() {
        List<String> elements = new ArrayList<>();
        expect('[');
        do {
            elements.add(string());
        } while (more(']'));
        return elements;
    }

    private Long number() {
        int from = at;
        while (peek() == '-' || Character.isDigit(peek())) {
            at++;
        }
        try {
            return Long.parseLong(text.substring(from, at));
        } catch (NumberFormatException e) {
            throw damaged();
        }
    }

    private String string() {
        expect('"');
        int from = at;
        while (peek() != '"' && peek() != '\\') {
            at++;
        }
        if (peek() == '"') {
            return text.substring(from, at++);
        }
        StringBuilder out = new StringBuilder(text.substring(from, at));
        while (peek() != '"') {
            char c = text.charAt(at++);
            out.append(c == '\\' ? escaped() : c);
        }
        at++;
        return out.toString();
    }

    private char escaped() {
        char c = peek();
        at++;
        if (c != 'u') {
            return c;
        }
        if (at + 4 > text.length()) {
            throw damaged();
        }
        char decoded = (char) Integer.parseInt(text.substring(at, at + 4), 16);
        at += 4;
        return decoded;
    }

    private boolean more(char end) {
        char c = peek();
        at++;
        if (c != ',' && c != end) {
            throw damaged();
        }
        return c == ',';
    }

    private void expect(char c) {
        if (peek() != c) {
            throw damaged();
        }
        at++;
    }

    private char peek() {
        if (at >= text.length()) {
            throw damaged();
        }
        return text.charAt(at);
    }

    private IllegalArgumentException damaged() {
        return new IllegalArgumentException("no line of a history, at " + at + ": " + text);
    }
}
