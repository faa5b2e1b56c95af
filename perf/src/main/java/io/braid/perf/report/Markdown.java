package io.braid.perf.report;

import java.util.List;

/** A page as it is written. Owned by one thread. */
final class Markdown {
    private final StringBuilder text = new StringBuilder();

    Markdown heading(int level, String title) {
        return line("#".repeat(level) + " " + title).line("");
    }

    Markdown paragraph(String words) {
        return line(words).line("");
    }

    Markdown list(List<String> items) {
        items.forEach(item -> line("- " + item));
        return line("");
    }

    /** Cells that are too few are left empty. */
    Markdown table(List<String> head, List<List<String>> rows) {
        row(head, head.size());
        line("|" + "---|".repeat(head.size()));
        rows.forEach(row -> row(row, head.size()));
        return line("");
    }

    Markdown code(List<String> lines) {
        lines.forEach(one -> line("    " + one));
        return line("");
    }

    private void row(List<String> cells, int width) {
        StringBuilder row = new StringBuilder("|");
        for (int i = 0; i < width; i++) {
            row.append(' ')
                    .append(i < cells.size() ? cells.get(i).replace("|", "\\|").replace('\n', ' ') : "")
                    .append(" |");
        }
        line(row.toString());
    }

    private Markdown line(String one) {
        text.append(one).append('\n');
        return this;
    }

    /** What was written, with one line break at its end. */
    String text() {
        return text.toString().stripTrailing() + "\n";
    }
}
