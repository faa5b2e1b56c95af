package io.braid.perf.chaos.history;

import io.braid.perf.measure.JsonLine;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Operations as lines of JSON. Members: f what, t complete and s sent (ms), p process, g group, k partition, o offset,
 * v value or values, n number of the poll, r outcome, e error or text. For example
 * {@code {"f":"send","t":1203,"s":1200,"p":"w1","k":3,"v":"1.17","r":"ok","o":5}}.
 */
public final class HistoryFormat {

    private HistoryFormat() {}

    /** Without the line feed. */
    public static String line(Op op) {
        Line line = new Line();
        op.to(line);
        return line.out.append('}').toString();
    }

    /**
     * The inverse of {@link #line}.
     *
     * @throws IllegalArgumentException if it is no line of a history
     */
    public static Op parse(String text) {
        Map<String, Object> m = JsonLine.parse(text);
        String f = string(m, "f");
        long at = number(m, "t");
        return switch (f) {
            case "send" ->
                new Op.Send(
                        at,
                        number(m, "s"),
                        string(m, "p"),
                        partition(m),
                        Value.parse(string(m, "v")),
                        Outcome.parse(string(m, "r")),
                        m.containsKey("o") ? number(m, "o") : -1,
                        m.containsKey("e") ? string(m, "e") : "");
            case "poll" ->
                new Op.Poll(at, string(m, "p"), (int) number(m, "n"), partition(m), number(m, "o"), values(m, text));
            case "assign" -> new Op.Assign(at, string(m, "p"), string(m, "g"), partition(m), number(m, "o"));
            case "commit" ->
                new Op.Commit(
                        at,
                        string(m, "p"),
                        string(m, "g"),
                        partition(m),
                        number(m, "o"),
                        Outcome.parse(string(m, "r")));
            case "end" -> new Op.End(at, partition(m), number(m, "o"));
            default ->
                new Op.Note(at, Op.Note.Kind.valueOf(f.toUpperCase(Locale.ROOT)), string(m, "p"), string(m, "e"));
        };
    }

    private static String string(Map<String, Object> m, String name) {
        if (m.get(name) instanceof String text) {
            return text;
        }
        throw new IllegalArgumentException("no text " + name + " in " + m);
    }

    private static long number(Map<String, Object> m, String name) {
        if (m.get(name) instanceof Long number) {
            return number;
        }
        throw new IllegalArgumentException("no number " + name + " in " + m);
    }

    private static int partition(Map<String, Object> m) {
        return Math.toIntExact(number(m, "k"));
    }

    private static List<Long> values(Map<String, Object> m, String text) {
        if (m.get("v") instanceof List<?> list) {
            return list.stream().map(v -> Value.parse(String.valueOf(v))).collect(Collectors.toList());
        }
        throw new IllegalArgumentException("no values in " + text);
    }

    /** Writes one operation. */
    private static final class Line implements OpVisitor {
        private final StringBuilder out = new StringBuilder(120);

        @Override
        public void onSend(Op.Send send) {
            begin("send", send.atMs()).number("s", send.sentMs()).text("p", send.process());
            number("k", send.partition()).text("v", Value.text(send.value()));
            text("r", send.outcome().text());
            if (send.outcome() == Outcome.OK) {
                number("o", send.offset());
            } else {
                text("e", send.error());
            }
        }

        @Override
        public void onPoll(Op.Poll poll) {
            begin("poll", poll.atMs()).text("p", poll.process()).number("n", poll.poll());
            number("k", poll.partition()).number("o", poll.offset());
            out.append(",\"v\":[");
            for (int i = 0; i < poll.values().size(); i++) {
                out.append(i == 0 ? "\"" : ",\"")
                        .append(Value.text(poll.values().get(i)))
                        .append('"');
            }
            out.append(']');
        }

        @Override
        public void onAssign(Op.Assign assign) {
            begin("assign", assign.atMs()).text("p", assign.process()).text("g", assign.group());
            number("k", assign.partition()).number("o", assign.offset());
        }

        @Override
        public void onCommit(Op.Commit commit) {
            begin("commit", commit.atMs()).text("p", commit.process()).text("g", commit.group());
            number("k", commit.partition()).number("o", commit.offset());
            text("r", commit.outcome().text());
        }

        @Override
        public void onEnd(Op.End end) {
            begin("end", end.atMs()).number("k", end.partition()).number("o", end.offset());
        }

        @Override
        public void onNote(Op.Note note) {
            begin(note.kind().name().toLowerCase(Locale.ROOT), note.atMs());
            text("p", note.process()).text("e", note.text());
        }

        private Line begin(String what, long atMs) {
            out.append("{\"f\":\"").append(what).append("\",\"t\":").append(atMs);
            return this;
        }

        private Line number(String name, long value) {
            out.append(",\"").append(name).append("\":").append(value);
            return this;
        }

        private Line text(String name, String value) {
            out.append(",\"").append(name).append("\":");
            JsonLine.quote(value, out);
            return this;
        }
    }
}
