package io.braid.perf.report;

import io.braid.perf.plot.BarPlot;
import io.braid.perf.plot.Plot;
import io.braid.perf.plot.PlotFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code braid perf report}: result lines as a page. */
@Command(
        name = "report",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Makes a page of tables and pictures (SVG and PNG) from the result lines of a comparison.")
public final class ReportCommand implements Callable<Integer> {

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "Result lines, as perf/compare.sh leaves them.")
    private List<Path> files;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            required = true,
            description = "For README.md and the pictures; made when it is not there.")
    private Path out;

    @Option(
            names = "--page",
            paramLabel = "FILE",
            description = "Writes the page there too, with links to the pictures in --out.")
    private Optional<Path> page = Optional.empty();

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        List<Result> results = new ArrayList<>();
        for (Path file : files) {
            results.addAll(Result.read(file));
        }
        if (!Report.hasFigures(results)) {
            spec.commandLine().getErr().println("report: no figures in " + names(files));
            return 1;
        }
        Files.createDirectories(out);
        List<String> pictures = new ArrayList<>();
        Pictures drawn = new Pictures(results);
        for (Plot plot : drawn.lines()) {
            PlotFiles.write(plot, out);
            pictures.add(plot.name());
        }
        for (BarPlot plot : drawn.bars()) {
            PlotFiles.write(plot, out);
            pictures.add(plot.name());
        }
        write(out.resolve("README.md"), results, pictures, "");
        if (page.isPresent()) {
            Path from = page.get().toAbsolutePath().getParent();
            String link = from.relativize(out.toAbsolutePath()).toString().replace('\\', '/') + "/";
            write(page.get(), results, pictures, link);
        }
        spec.commandLine().getOut().println(out.resolve("README.md"));
        return 0;
    }

    private void write(Path file, List<Result> results, List<String> pictures, String link) throws IOException {
        String made =
                "`perf/compare.sh` measured (docs/perf.md says more), `bin/braid perf report` made this page from "
                        + names(files) + ".";
        Files.writeString(file, new Report(results, pictures, link, made).text());
    }

    private static String names(List<Path> files) {
        return files.stream()
                .map(file -> "`" + file.getFileName() + "`")
                .distinct()
                .collect(Collectors.joining(", "));
    }
}
