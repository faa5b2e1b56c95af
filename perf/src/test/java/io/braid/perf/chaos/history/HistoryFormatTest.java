package io.braid.perf.chaos.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Lines as they stand in files that were kept. */
class HistoryFormatTest {

    static Stream<Arguments> lines() {
        return Stream.of(
                Arguments.of(
                        new Op.Send(1203, 1200, "w1", 3, Value.of(1, 17), Outcome.OK, 5, ""),
                        "{'f':'send','t':1203,'s':1200,'p':'w1','k':3,'v':'1.17','r':'ok','o':5}"),
                Arguments.of(
                        new Op.Send(9, 8, "w1", 0, Value.of(2, 0), Outcome.OK, -1, ""),
                        "{'f':'send','t':9,'s':8,'p':'w1','k':0,'v':'2.0','r':'ok','o':-1}"),
                Arguments.of(
                        new Op.Send(9, 8, "w1", 0, Value.of(2, 0), Outcome.INFO, -1, "Lost: \\ of N\n"),
                        "{'f':'send','t':9,'s':8,'p':'w1','k':0,'v':'2.0','r':'info','e':'Lost: \\\\ of N\\u000a'}"),
                Arguments.of(
                        new Op.Poll(20, "r1", 7, 2, 100, List.of(Value.of(1, 17), Value.of(65535, Integer.MAX_VALUE))),
                        "{'f':'poll','t':20,'p':'r1','n':7,'k':2,'o':100,'v':['1.17','65535.2147483647']}"),
                Arguments.of(new Op.Assign(1, "m1", "g", 0, -1), "{'f':'assign','t':1,'p':'m1','g':'g','k':0,'o':-1}"),
                Arguments.of(
                        new Op.Commit(1, "m1", "g", 0, 12, Outcome.INFO),
                        "{'f':'commit','t':1,'p':'m1','g':'g','k':0,'o':12,'r':'info'}"),
                Arguments.of(new Op.End(1, 4, 12), "{'f':'end','t':1,'k':4,'o':12}"),
                Arguments.of(
                        new Op.Note(1, Op.Note.Kind.OUT_OF_RANGE, "r1", "x"),
                        "{'f':'out_of_range','t':1,'p':'r1','e':'x'}"));
    }

    @ParameterizedTest
    @MethodSource("lines")
    void operationsAreLinesAndBack(Op op, String line) {
        assertThat(HistoryFormat.line(op)).isEqualTo(line.replace('\'', '"'));
        assertThat(HistoryFormat.parse(line.replace('\'', '"'))).isEqualTo(op);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "{'f':'send'}",
                "{'f':'end','t':1,'k':4,'o':}",
                "{'f':'end','t':1,'k':4,'o':12",
                "{'f':'end','t':1,'k':4,'o':12}}",
                "{'f':'end','t':1,'k':99999999999,'o':12}",
                "{'f':'surprise','t':1,'p':'x','e':'y'}",
                "{'f':'poll','t':20,'p':'r1','n':7,'k':2,'o':100,'v':['117']}"
            })
    void damagedLinesAreRefused(String line) {
        assertThatThrownBy(() -> HistoryFormat.parse(line.replace('\'', '"')))
                .isInstanceOfAny(IllegalArgumentException.class, ArithmeticException.class);
    }

    @Test
    void fileKeepsTheOrderOfCalls(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("history.jsonl");
        try (HistoryFile history = new HistoryFile(file)) {
            history.add(new Op.End(1, 0, 12));
            history.note(Op.Note.Kind.FAULT, "nemesis", "kill");
        }

        List<String> lines = Files.readAllLines(file);
        assertThat(lines).hasSize(2);
        assertThat(lines.get(0)).isEqualTo("{\"f\":\"end\",\"t\":1,\"k\":0,\"o\":12}");
        assertThat(lines.get(1)).startsWith("{\"f\":\"fault\",");
    }
}
