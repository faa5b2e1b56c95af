package io.braid.perf.nodes;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** With a shell in the place of a node. */
@Timeout(30)
class NodeProcessTest {
    private static final Duration SOON = Duration.ofSeconds(10);

    @TempDir
    Path directory;

    private NodeProcess node(String script) {
        return new NodeProcess(
                List.of("sh", "-c", script), Map.of("WORD", "ready"), directory.resolve("out"), "I am ready");
    }

    @Test
    void eachLaunchBecomesReadyByItsOwnOutput() throws Exception {
        NodeProcess node = node("[ -e \"$0\" ] || echo I am $WORD; exec sleep 60");
        try {
            node.launch(List.of());
            assertThat(node.awaitReady(SOON)).isTrue();
            assertThat(node.runs()).isTrue();

            node.kill();
            assertThat(node.runs()).isFalse();
            assertThat(node.diedUnasked()).isFalse();

            Path silent = Files.createFile(directory.resolve("silent"));
            node.launch(List.of(silent.toString()));
            assertThat(node.awaitReady(Duration.ofMillis(200))).isFalse();
        } finally {
            node.kill();
        }
    }

    @Test
    void endThatNobodyAskedForIsToldOnce() throws Exception {
        NodeProcess node = node("exit 3");
        node.launch(List.of());

        assertThat(node.awaitReady(SOON)).isFalse();
        assertThat(node.diedUnasked()).isTrue();
        assertThat(node.diedUnasked()).isFalse();
        assertThat(node.exitStatus()).isEqualTo(3);
    }

    @Test
    void pausedNodeIsTerminatedToo() throws Exception {
        NodeProcess node = node("echo I am ready; exec sleep 60");
        node.launch(List.of());
        assertThat(node.awaitReady(SOON)).isTrue();

        node.pause();
        assertThat(node.paused()).isTrue();
        assertThat(node.terminate(SOON)).isTrue();
        assertThat(node.runs()).isFalse();
        assertThat(node.diedUnasked()).isFalse();
    }

    @Test
    void whoIgnoresSigtermIsKilled() throws Exception {
        NodeProcess node = node("trap '' TERM; echo I am ready; while true; do sleep 0.1; done");
        node.launch(List.of());
        assertThat(node.awaitReady(SOON)).isTrue();

        assertThat(node.terminate(Duration.ofMillis(300))).isFalse();
        assertThat(node.runs()).isFalse();
    }
}
