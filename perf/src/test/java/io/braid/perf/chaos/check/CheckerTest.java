package io.braid.perf.chaos.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.perf.chaos.history.HistoryFormat;
import io.braid.perf.chaos.history.Op;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A good history, and what the checker says when one thing in it is changed. Lines are as in a file. */
class CheckerTest {

    /** Two producers, an assigned reader, a group with two members that follow each other, and the last reading. */
    private static final List<String> GOOD = List.of(
            "{'f':'run','t':0,'p':'chaos','e':'seed'}",
            "{'f':'assign','t':1,'p':'r1','g':'','k':0,'o':0}",
            "{'f':'assign','t':2,'p':'m1','g':'g','k':0,'o':-1}",
            send(10, "1.0", "ok", 0),
            send(11, "2.0", "ok", 1),
            "{'f':'poll','t':12,'p':'r1','n':1,'k':0,'o':0,'v':['1.0','2.0']}",
            "{'f':'poll','t':13,'p':'m1','n':1,'k':0,'o':0,'v':['1.0','2.0']}",
            "{'f':'commit','t':14,'p':'m1','g':'g','k':0,'o':2,'r':'ok'}",
            "{'f':'fault','t':15,'p':'nemesis','e':'kill -9'}",
            send(20, "1.1", "ok", 2),
            send(21, "2.1", "info", -1),
            send(22, "1.2", "fail", -1),
            send(23, "1.3", "ok", 4),
            "{'f':'poll','t':24,'p':'r1','n':2,'k':0,'o':2,'v':['1.1']}",
            "{'f':'poll','t':25,'p':'r1','n':3,'k':0,'o':3,'v':['2.1','1.3']}",
            "{'f':'assign','t':30,'p':'m2','g':'g','k':0,'o':-1}",
            "{'f':'poll','t':31,'p':'m2','n':1,'k':0,'o':2,'v':['1.1','2.1']}",
            "{'f':'commit','t':32,'p':'m2','g':'g','k':0,'o':4,'r':'ok'}",
            "{'f':'poll','t':33,'p':'m2','n':2,'k':0,'o':4,'v':['1.3']}",
            "{'f':'assign','t':40,'p':'r1','g':'','k':0,'o':1}",
            "{'f':'poll','t':41,'p':'r1','n':4,'k':0,'o':1,'v':['2.0','1.1','2.1']}",
            "{'f':'end','t':50,'k':0,'o':5}",
            "{'f':'assign','t':51,'p':'final','g':'','k':0,'o':0}",
            "{'f':'poll','t':52,'p':'final','n':1,'k':0,'o':0,'v':['1.0','2.0','1.1','2.1','1.3']}");

    private static String send(long atMs, String value, String outcome, long offset) {
        return "{'f':'send','t':" + atMs + ",'s':" + (atMs - 5) + ",'p':'w','k':0,'v':'" + value + "','r':'" + outcome
                + "'" + (offset < 0 ? ",'e':'some error'}" : ",'o':" + offset + "}");
    }

    @Test
    void goodHistoryIsValid() {
        Report report = check(GOOD);

        assertThat(report.anomalies()).isEmpty();
        assertThat(report.valid()).isTrue();
        assertThat(report.sent()).isEqualTo(6);
        assertThat(report.acked()).isEqualTo(4);
        assertThat(report.failed()).isEqualTo(1);
        assertThat(report.unknown()).isEqualTo(1);
        assertThat(report.read()).isEqualTo(18);
        assertThat(report.polls()).isEqualTo(8);
        assertThat(report.commits()).isEqualTo(2);
        assertThat(report.longestPauseMs()).containsEntry(0, 9L);
        assertThat(report.pausedAtMs()).containsEntry(0, 11L);
    }

    static Stream<Arguments> changes() {
        return Stream.of(
                change("acknowledged, gone from the log with all after it")
                        .replace("{'f':'end','t':50,'k':0,'o':5}", "{'f':'end','t':50,'k':0,'o':4}")
                        .replace(",'2.1','1.3']}", ",'2.1']}")
                        .expect(Anomaly.LOST_WRITE),
                change("acknowledged, and the last reading goes past it")
                        .replace(
                                "'v':['1.0','2.0','1.1','2.1','1.3']",
                                "'v':['1.0']}\n"
                                        + "{'f':'poll','t':53,'p':'final','n':2,'k':0,'o':2,'v':['1.1','2.1','1.3']")
                        .expect(Anomaly.LOST_WRITE, Anomaly.POLL_SKIP),
                change("read before with an unknown outcome, and gone")
                        .replace(
                                "'v':['1.0','2.0','1.1','2.1','1.3']",
                                "'v':['1.0','2.0','1.1']}\n"
                                        + "{'f':'poll','t':53,'p':'final','n':2,'k':0,'o':4,'v':['1.3']")
                        .expect(Anomaly.LOST_WRITE, Anomaly.POLL_SKIP),
                change("the last reading stops before the end")
                        .replace(",'2.1','1.3']}", ",'2.1']}")
                        .expect(Anomaly.UNSEEN),
                change("no last reading, and nobody read so far")
                        .cut("'k':0,'o':5}")
                        .replace("'v':['2.1','1.3']", "'v':['2.1']")
                        .drop("'p':'m2','n':2")
                        .expect(Anomaly.UNSEEN),
                change("no last reading, and others read past it")
                        .cut("'k':0,'o':5}")
                        .drop("'p':'r1','n':2")
                        .replace("'o':1,'v':['2.0','1.1','2.1']", "'o':1,'v':['2.0']")
                        .drop("'p':'m2'")
                        .expect(Anomaly.LOST_WRITE, Anomaly.POLL_SKIP),
                change("acknowledged without an offset, and not there")
                        .replace(
                                send(22, "1.2", "fail", -1),
                                "{'f':'send','t':22,'s':17,'p':'w','k':0,'v':'1.2','r':'ok','o':-1}")
                        .expect(Anomaly.LOST_WRITE),
                change("acknowledged without an offset, and there")
                        .replace(
                                send(23, "1.3", "ok", 4),
                                "{'f':'send','t':23,'s':18,'p':'w','k':0,'v':'1.3','r':'ok','o':-1}")
                        .expect(),
                change("written twice")
                        .replace("'v':['2.1','1.3']}\n", "'v':['2.1','1.3','1.3']}\n")
                        .expect(Anomaly.DUPLICATE),
                change("two values at one offset")
                        .replace(
                                "'p':'m2','n':1,'k':0,'o':2,'v':['1.1','2.1']",
                                "'p':'m2','n':1,'k':0,'o':2,'v':['1.1','1.3']")
                        .expect(Anomaly.INCONSISTENT_OFFSETS, Anomaly.DUPLICATE),
                change("acknowledged at another offset than read")
                        .replace(send(23, "1.3", "ok", 4), send(23, "1.3", "ok", 7))
                        .expect(Anomaly.DUPLICATE),
                change("read though its send had failed")
                        .replace(send(21, "2.1", "info", -1), send(21, "2.1", "fail", -1))
                        .expect(Anomaly.ABORTED_READ),
                change("read again")
                        .replace("'n':3,'k':0,'o':3,'v':['2.1','1.3']", "'n':3,'k':0,'o':2,'v':['1.1','2.1','1.3']")
                        .expect(Anomaly.NONMONOTONIC_POLL),
                change("read again in one poll")
                        .replace("'n':3,'k':0,'o':3,'v':['2.1','1.3']", "'n':2,'k':0,'o':2,'v':['1.1','2.1','1.3']")
                        .expect(Anomaly.INT_NONMONOTONIC_POLL),
                change("left out")
                        .replace("'n':3,'k':0,'o':3,'v':['2.1','1.3']", "'n':3,'k':0,'o':4,'v':['1.3']")
                        .expect(Anomaly.POLL_SKIP),
                change("left out in one poll")
                        .replace("'n':3,'k':0,'o':3,'v':['2.1','1.3']", "'n':2,'k':0,'o':4,'v':['1.3']")
                        .expect(Anomaly.INT_POLL_SKIP),
                change("began beyond where it was told")
                        .replace("'n':4,'k':0,'o':1,'v':['2.0','1.1','2.1']", "'n':4,'k':0,'o':2,'v':['1.1','2.1']")
                        .expect(Anomaly.POLL_SKIP),
                change("sent in one order, stored in another")
                        .replace("1.1", "9.9")
                        .replace("1.0", "1.1")
                        .replace("9.9", "1.0")
                        .expect(Anomaly.NONMONOTONIC_SEND),
                change("never sent").drop("'f':'send','t':21").expect(Anomaly.FABRICATED),
                change("sent to another partition")
                        .replace("'k':0,'v':'2.1'", "'k':3,'v':'2.1'")
                        .expect(Anomaly.FABRICATED),
                change("a group forgot what it had committed")
                        .replace(
                                "'p':'m2','n':1,'k':0,'o':2,'v':['1.1','2.1']",
                                "'p':'m2','n':1,'k':0,'o':1,'v':['2.0','1.1','2.1']")
                        .expect(Anomaly.LOST_COMMIT),
                change("a group went past what none of its members read")
                        .replace(
                                "'p':'m2','n':1,'k':0,'o':2,'v':['1.1','2.1']",
                                "'p':'m2','n':1,'k':0,'o':3,'v':['2.1']")
                        .expect(Anomaly.GROUP_SKIP),
                note("out_of_range").expect(Anomaly.OUT_OF_RANGE),
                note("corrupt").expect(Anomaly.FABRICATED),
                note("died").expect(Anomaly.NODE_DIED),
                note("stuck").expect(Anomaly.NOT_RECOVERED),
                // what may be
                change("a commit of unknown outcome may be where a group goes on")
                        .replace(
                                "'p':'m2','n':1,'k':0,'o':2,'v':['1.1','2.1']",
                                "'p':'m2','n':1,'k':0,'o':1,'v':['2.0','1.1','2.1']")
                        .replace(
                                "{'f':'fault','t':15,'p':'nemesis','e':'kill -9'}",
                                "{'f':'commit','t':15,'p':'m1','g':'g','k':0,'o':1,'r':'info'}")
                        .expect(),
                change("a commit that was acknowledged after the assignment counts later only")
                        .replace("'f':'commit','t':14", "'f':'commit','t':30")
                        .replace(
                                "'p':'m2','n':1,'k':0,'o':2,'v':['1.1','2.1']",
                                "'p':'m2','n':1,'k':0,'o':0,'v':['1.0','2.0','1.1','2.1']")
                        .expect(),
                change("an unknown outcome need not be in the log")
                        .replace("'2.1'", "'x'")
                        .replace("'v':'x'", "'v':'2.1'")
                        .replace("'x',", "")
                        .replace(",'x'", "")
                        .replace("'o':3,'v':['1.3']", "'o':4,'v':['1.3']")
                        .replace(
                                ",'1.1','1.3']}",
                                ",'1.1']}\n{'f':'poll','t':53,'p':'final','n':1,'k':0,'o':4,'v':['1.3']}")
                        .expect(),
                change("a gap of offsets that held nothing is none")
                        .replace(send(23, "1.3", "ok", 4), send(23, "1.3", "ok", 9))
                        .replace(
                                "'o':3,'v':['2.1','1.3']",
                                "'o':3,'v':['2.1']}\n{'f':'poll','t':26,'p':'r1','n':3,'k':0,'o':9,'v':['1.3']")
                        .replace("'n':2,'k':0,'o':4,'v':['1.3']", "'n':2,'k':0,'o':9,'v':['1.3']")
                        .replace(
                                "'2.1','1.3']}",
                                "'2.1']}\n{'f':'poll','t':53,'p':'final','n':1,'k':0,'o':9,'v':['1.3']}")
                        .replace("'k':0,'o':5}", "'k':0,'o':10}")
                        .expect());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("changes")
    void oneChangeIsFoundAndNamed(String what, List<String> history, Set<Anomaly> expected) {
        Report report = check(history);

        assertThat(report.anomalies().keySet())
                .as("%s: %s", what, report.examples())
                .isEqualTo(expected);
        assertThat(report.valid()).isEqualTo(expected.isEmpty());
    }

    @Test
    void manyOfAKindAreCountedAndAFewTold() {
        List<String> history = new ArrayList<>(GOOD);
        for (int i = 0; i < 30; i++) {
            history.add("{'f':'died','t':60,'p':'chaos','e':'node 1'}");
        }

        Report report = check(history);

        assertThat(report.anomalies()).containsEntry(Anomaly.NODE_DIED, 30L);
        assertThat(report.examples().get(Anomaly.NODE_DIED)).hasSize(10);
    }

    @Test
    void pauseThatNeverEndedCountsToTheLastSend() {
        Report report = check(List.of(send(10, "1.0", "ok", 0), send(500, "1.1", "info", -1)));

        assertThat(report.longestPauseMs()).containsEntry(0, 485L);
    }

    @Test
    void whatWasBeforeTheFirstFaultIsToldApart() {
        Report report = check(List.of(
                send(10, "1.0", "ok", 0),
                send(900, "1.1", "ok", 1),
                "{'f':'error','t':902,'p':'cm1','e':'joins'}",
                "{'f':'fault','t':905,'p':'rolling','e':'SIGTERM'}",
                "{'f':'error','t':906,'p':'cm1','e':'rejoins'}",
                send(1000, "1.2", "ok", 2),
                send(1010, "1.3", "ok", 3)));

        assertThat(report.calmPauseMs()).isEqualTo(890);
        assertThat(report.longestPauseMs()).containsEntry(0, 100L);
        assertThat(report.longestPauseOfAllMs()).isEqualTo(100);
        assertThat(report.calmErrors()).containsOnlyKeys("reader: joins");
        assertThat(report.errors()).containsOnlyKeys("reader: rejoins");
    }

    private static Report check(List<String> lines) {
        Checker checker = new Checker();
        for (String line : lines) {
            Op op = HistoryFormat.parse(line.replace('\'', '"'));
            op.to(checker);
        }
        return checker.finish();
    }

    // ---- how a history is changed

    private static Change change(String what) {
        return new Change(what, String.join("\n", GOOD) + "\n");
    }

    private static Change note(String kind) {
        return new Change(
                "a note: " + kind,
                String.join("\n", GOOD) + "\n{'f':'" + kind + "','t':60,'p':'someone','e':'something'}\n");
    }

    private record Change(String what, String history) {

        Change replace(String from, String to) {
            assertThat(history).contains(from);
            return new Change(what, history.replace(from, to));
        }

        /** Without the lines that contain it. */
        Change drop(String text) {
            assertThat(history).contains(text);
            return new Change(
                    what, history.lines().filter(line -> !line.contains(text)).reduce("", (a, b) -> a + b + "\n"));
        }

        /** Without the line that contains it and all after it. */
        Change cut(String text) {
            assertThat(history).contains(text);
            return new Change(
                    what,
                    history.lines().takeWhile(line -> !line.contains(text)).reduce("", (a, b) -> a + b + "\n"));
        }

        Arguments expect(Anomaly... anomalies) {
            return Arguments.of(what, history.lines().toList(), Set.of(anomalies));
        }
    }
}
