package io.braid.perf.chaos;

import io.braid.perf.chaos.check.Checker;
import io.braid.perf.chaos.check.Report;
import io.braid.perf.chaos.history.HistoryFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code braid chaos check FILE}: judges a history that was kept. */
@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        description = "Checks a history once more. Ends with 0 if it is valid, else 1.")
final class CheckCommand implements Callable<Integer> {

    @Parameters(paramLabel = "FILE", description = "history.jsonl of a run.")
    private Path file;

    @Option(names = "--json", description = "Prints one JSON object.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        Report report = check(file);
        out.println(
                json
                        ? ReportText.json(report, Map.of(), Map.of("history", file.toString()))
                        : ReportText.of(report, Map.of()));
        out.flush();
        return report.valid() ? 0 : 1;
    }

    static Report check(Path file) throws IOException {
        Checker checker = new Checker();
        HistoryFile.read(file, checker);
        return checker.finish();
    }
}
