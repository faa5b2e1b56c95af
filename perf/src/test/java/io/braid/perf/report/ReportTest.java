package io.braid.perf.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** A small run with every kind of line, as a page. */
class ReportTest {
    private static final Path LINES = Path.of("src/test/resources/report/raw.jsonl");
    private static final Path GOLDEN = Path.of("src/test/resources/report/page.md");

    @TempDir
    Path directory;

    private int report(String... arguments) {
        return new CommandLine(new ReportCommand()).execute(arguments);
    }

    /** {@code -Dbraid.docs.update=true} writes the golden page anew. */
    @Test
    void thePageOfASmallRunIsTheGoldenOne() throws IOException {
        assertThat(report(LINES.toString(), "--out", directory.toString())).isZero();
        String page = Files.readString(directory.resolve("README.md"));
        if (Boolean.getBoolean("braid.docs.update")) {
            Files.writeString(GOLDEN, page);
        }
        assertThat(page).isEqualTo(Files.readString(GOLDEN));
    }

    @Test
    void picturesAreDrawnWithoutADisplay() throws IOException {
        assertThat(report(LINES.toString(), "--out", directory.toString())).isZero();
        for (String name : List.of("throughput", "memory", "restart", "latency-end-to-end", "failover")) {
            String svg = Files.readString(directory.resolve(name + ".svg"));
            assertThat(svg).startsWith("<?xml").contains("rgb(0,114,178)").contains("rgb(213,94,0)");
            BufferedImage png =
                    ImageIO.read(directory.resolve(name + ".png").toFile());
            assertThat(IntStream.range(0, png.getWidth() * png.getHeight())
                            .map(i -> png.getRGB(i % png.getWidth(), i / png.getWidth()))
                            .distinct()
                            .count())
                    .as("colours of %s", name)
                    .isGreaterThan(10);
        }
    }

    @Test
    void aPageElsewhereLinksToThePictures() throws IOException {
        Path page = directory.resolve("benchmarks.md");
        Path out = directory.resolve("benchmarks/2026-01-02");
        assertThat(report(LINES.toString(), "--out", out.toString(), "--page", page.toString()))
                .isZero();
        assertThat(Files.readString(page)).contains("](benchmarks/2026-01-02/memory.svg)");
        assertThat(out.resolve("memory.svg")).exists();
    }

    @Test
    void linesWithoutFiguresAreRefused() throws IOException {
        Path empty = Files.writeString(directory.resolve("raw.jsonl"), "{\"workload\":\"machine\",\"cores\":2}\n");
        assertThat(report(empty.toString(), "--out", directory.resolve("out").toString()))
                .isEqualTo(1);
        assertThat(directory.resolve("out")).doesNotExist();
    }

    @Test
    void aLineThatIsNoJsonIsNamed() throws IOException {
        Path broken = Files.writeString(directory.resolve("raw.jsonl"), "{\"workload\":\"machine\"}\n{\"work");
        assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> Result.read(broken)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("raw.jsonl line 2");
    }
}
