package io.braid.perf.profile;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.perf.measure.JsonLine;
import io.braid.perf.measure.ResultLine;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProfileTest {
    private final Profile profile = new Profile();

    @Test
    void methodsAreRankedByTheirShareOfTheSamples() {
        profile.running("braid-shard-1", new Stack(List.of("io.braid.A.hot", "io.braid.A.loop")));
        profile.running("braid-shard-2", new Stack(List.of("io.braid.A.hot", "io.braid.A.other")));
        profile.running("braid-shard-2", new Stack(List.of("io.braid.A.hot", "io.braid.A.loop")));
        profile.running("main", new Stack(List.of("java.util.Cold.method", "io.braid.B.caller")));

        List<Shares.Share> methods = profile.methods().top(1);

        assertThat(methods).extracting(Shares.Share::name).containsExactly("io.braid.A.hot");
        assertThat(methods.get(0).percent()).isEqualTo(75);
        assertThat(profile.stacks()).containsOnlyKeys("braid-shard-N", "main");
        assertThat(profile.stacks().get("braid-shard-N").top(1).get(0).name())
                .isEqualTo("io.braid.A.hot < io.braid.A.loop");
    }

    @Test
    void aSiteNamesTheMethodOfOursThatCalled() {
        assertThat(new Stack(List.of("java.A.a", "java.B.b", "io.braid.C.c", "io.braid.D.d")).site())
                .isEqualTo("java.A.a < io.braid.C.c");
        assertThat(new Stack(List.of("io.braid.C.c", "io.braid.D.d")).site()).isEqualTo("io.braid.C.c");
        assertThat(new Stack(List.of("java.A.a")).site()).isEqualTo("java.A.a");
        assertThat(new Stack(List.of()).site()).isEmpty();
    }

    @Test
    void theLineHasAFigureForEachName() {
        profile.allocated("byte[]", 3_000_000, new Stack(List.of("io.braid.A.a")));
        profile.allocated("Object", 1_000_000, new Stack(List.of("io.braid.B.b")));
        profile.waitedForLock("Lock", 2_000_000, new Stack(List.of("java.L.lock", "io.braid.C.c")));
        profile.waitedForLock("Lock", 5_000_000, new Stack(List.of("java.L.lock", "io.braid.C.c")));
        profile.collected("G1New", 4_000_000);
        profile.collected("G1New", 6_000_000);
        profile.heapAfterGc(77);

        Map<String, Object> line = JsonLine.parse(
                ProfileText.put(profile, 2, 10, new ResultLine("profile")).text());

        assertThat(line)
                .containsEntry("allocatedMbPerS", 2.0)
                .containsEntry("allocations", List.of("byte[] at io.braid.A.a", "Object at io.braid.B.b"))
                .containsEntry("allocationPercents", List.of(75.0, 25.0))
                .containsEntry("locks", List.of("Lock at io.braid.C.c"))
                .containsEntry("lockMs", List.of(7.0))
                .containsEntry("gcCount", 2L)
                .containsEntry("gcPauseMs", 10.0)
                .containsEntry("gcMaxPauseMs", 6.0)
                .containsEntry("heapAfterGcBytes", 77L);
        StringWriter text = new StringWriter();
        ProfileText.print(profile, 2, 10, new PrintWriter(text));
        assertThat(text.toString()).contains("allocation sites (2.0 MB/s)").contains("75.0 %  byte[] at io.braid.A.a");
    }

    @Test
    void theProcessThatListensIsFoundByItsSocket() {
        List<String> table = List.of(
                "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode",
                "   0: 0100007F:2382 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1 0",
                "   1: 0100007F:2382 0100007F:9999 01 00000000:00000000 00:00000000 00000000     0        0 4712 1 0",
                "   2: 0100007F:2383 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4713 1 0");

        assertThat(Listening.inodes(table, 0x2382)).containsExactly("socket:[4711]");
        assertThat(Listening.inodes(List.of(), 1)).isEmpty();
    }
}
