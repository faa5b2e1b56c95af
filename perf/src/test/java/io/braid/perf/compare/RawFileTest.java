package io.braid.perf.compare;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.perf.measure.ResultLine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RawFileTest {
    private static final Workload PRODUCE = Workload.both("produce", "produce", 2, "produce");

    @TempDir
    Path directory;

    private RawFile open() throws IOException {
        return new RawFile(directory.resolve("new/raw.jsonl"));
    }

    @Test
    void whatIsDoneIsKnownToTheNextRun() throws IOException {
        RawFile first = open();
        assertThat(first.isDone(PRODUCE, "braid", 1)).isFalse();
        first.addDone(PRODUCE, "braid", 1, List.of(new ResultLine("produce").put("mbPerS", 1.0)));

        RawFile second = open();
        assertThat(second.isDone(PRODUCE, "braid", 1)).isTrue();
        assertThat(second.isDone(PRODUCE, "braid", 2)).isFalse();
        assertThat(second.isDone(PRODUCE, "kafka", 1)).isFalse();
    }

    @Test
    void theMachineIsToldOnce() throws IOException {
        RawFile first = open();
        assertThat(first.machineKnown()).isFalse();
        first.add(List.of(new ResultLine("machine")));
        assertThat(open().machineKnown()).isTrue();
    }

    @Test
    void aLineThatWasCutShortIsForgotten() throws IOException {
        RawFile first = open();
        first.addDone(PRODUCE, "braid", 1, List.of());
        Files.writeString(first.path(), "{\"workload\":\"done\",\"case\":\"pro", StandardOpenOption.APPEND);

        RawFile second = open();
        assertThat(second.isDone(PRODUCE, "braid", 1)).isTrue();
        second.addDone(PRODUCE, "kafka", 1, List.of());
        assertThat(open().isDone(PRODUCE, "kafka", 1)).isTrue();
    }
}
