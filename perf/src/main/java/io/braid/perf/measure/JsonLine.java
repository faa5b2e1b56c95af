package io.braid.perf.measure;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One flat JSON object on a line: texts, numbers, truth values, nulls, and lists of them. */
public final class JsonLine {
    private final String text;
    private int at;

    private JsonLine(String text) {
        this.text = text;
    }

    /**
     * Reads a line.
     *
     * @return by name, in order: String, Long, Double (with a fraction or an exponent), Boolean, a List of such, or null
     * @throws IllegalArgumentException if it is not such an object
     */
    public static Map<String, Object> parse(String line) {
        return new JsonLine(line.trim()).object();
    }

    /** Appends a text as JSON has it, with its quotes. */
    public static void quote(String value, StringBuilder out) {
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
        Map<String, Object> members = new LinkedHashMap<>();
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
        skipSpace();
        char c = peek();
        if (c == '"') {
            return string();
        }
        if (c == '[') {
            return list();
        }
        return c == 't' || c == 'f' || c == 'n' ? word() : number();
    }

    private List<Object> list() {
        List<Object> elements = new ArrayList<>();
        expect('[');
        skipSpace();
        if (peek() == ']') {
            at++;
            return elements;
        }
        do {
            elements.add(value());
        } while (more(']'));
        return elements;
    }

    private Boolean word() {
        if (text.startsWith("true", at)) {
            at += "true".length();
            return true;
        }
        if (text.startsWith("false", at)) {
            at += "false".length();
            return false;
        }
        if (text.startsWith("null", at)) {
            at += "null".length();
            return null;
        }
        throw damaged();
    }

    private Number number() {
        int from = at;
        boolean whole = true;
        while (at < text.length() && "+-.eE0123456789".indexOf(text.charAt(at)) >= 0) {
            whole &= text.charAt(at) == '-' || Character.isDigit(text.charAt(at));
            at++;
        }
        String digits = text.substring(from, at);
        try {
            return whole ? (Number) Long.valueOf(digits) : (Number) Double.valueOf(digits);
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
        skipSpace();
        char c = peek();
        at++;
        if (c != ',' && c != end) {
            throw damaged();
        }
        return c == ',';
    }

    private void expect(char c) {
        skipSpace();
        if (peek() != c) {
            throw damaged();
        }
        at++;
    }

    private void skipSpace() {
        while (at < text.length() && text.charAt(at) == ' ') {
            at++;
        }
    }

    private char peek() {
        if (at >= text.length()) {
            throw damaged();
        }
        return text.charAt(at);
    }

    private IllegalArgumentException damaged() {
        return new IllegalArgumentException("no JSON object on a line, at " + at + ": " + text);
    }
}
