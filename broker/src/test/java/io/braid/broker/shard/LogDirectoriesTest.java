package io.braid.broker.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.braid.log.LogConfig;
import io.braid.log.LogDirectory;
import io.braid.log.LogListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogDirectoriesTest {
    @TempDir
    Path dir;

    private final List<LogDirectory> open = new ArrayList<>();

    @AfterEach
    void close() throws IOException {
        for (LogDirectory directory : open) {
            directory.close();
        }
        open.clear();
    }

    @Test
    void newShardsGoWhereTheFewestAreAndStayThere() throws Exception {
        LogDirectories directories = directories("a", "b");
        List<Integer> where = new ArrayList<>();
        for (int shard = 0; shard < 6; shard++) {
            where.add(directories.indexOf(shard));
        }
        assertThat(where).containsExactly(0, 1, 0, 1, 0, 1);
        close();

        LogDirectories again = directories("a", "b");
        for (int shard = 0; shard < 6; shard++) {
            assertThat(again.indexOf(shard)).isEqualTo(where.get(shard));
        }
    }

    @Test
    void shardOfADirectoryThatCannotBeOpenedIsNotBegunElsewhere() throws Exception {
        LogDirectories directories = directories("a", "b");
        int inB = directories.indexOf(1) == 1 ? 1 : 2;
        assertThat(directories.indexOf(inB)).isEqualTo(1);
        int ids = directories.directoryIds().size();
        close();

        LogDirectories without = without("b", "a", "b");

        assertThat(without.directoryIds()).hasSize(ids);
        assertThat(without.failed(dir.resolve("b"))).isTrue();
        assertThat(without.indexOf(inB)).isEqualTo(1);
        assertThatThrownBy(() -> without.open(inB))
                .isInstanceOf(LogDirectoryOfflineException.class)
                .hasMessageContaining("/b");
        assertThat(without.indexOf(77)).as("a new one").isZero();
    }

    @Test
    void directoryTakenOutOfTheConfigurationGivesItsShardsUp() throws Exception {
        LogDirectories directories = directories("a", "b", "c");
        int inB = directories.indexOf(0) == 1 ? 0 : directories.indexOf(1) == 1 ? 1 : 2;
        close();

        assertThat(directories("a", "c").indexOf(inB)).isBetween(0, 1);
    }

    @Test
    void unknownContentsOfADirectoryThatCannotBeOpenedAreNotGuessed() throws Exception {
        assertThatThrownBy(() -> without("b", "a", "b"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("take it out of log.dirs");
    }

    @Test
    void failedDirectoryTellsItsShardsOnce() throws Exception {
        LogDirectories directories = directories("a", "b");
        List<Integer> inB = new ArrayList<>();
        for (int shard = 0; shard < 6; shard++) {
            if (directories.indexOf(shard) == 1) {
                inB.add(shard);
            }
        }
        assertThat(directories.pollSpace()).isEmpty();

        Files.move(dir.resolve("b"), dir.resolve("away"));

        assertThat(directories.pollSpace()).containsExactlyElementsOf(inB);
        assertThat(directories.pollSpace()).isEmpty();
        assertThat(directories.failed(dir.resolve("b"))).isTrue();
        assertThat(directories.allFailed()).isFalse();
        assertThat(directories.indexOf(99)).as("a new one").isZero();
        Files.move(dir.resolve("away"), dir.resolve("b"));
    }

    private LogDirectories directories(String... names) throws Exception {
        return without("", names);
    }

    private LogDirectories without(String failed, String... names) throws Exception {
        List<Path> paths = new ArrayList<>();
        Map<Path, LogDirectory> usable = new LinkedHashMap<>();
        for (String name : names) {
            Path path = dir.resolve(name);
            paths.add(path);
            if (!name.equals(failed)) {
                LogDirectory directory = LogDirectory.open(path, LogConfig.defaults(), LogListener.NONE);
                open.add(directory);
                usable.put(path, directory);
            }
        }
        return new LogDirectories(paths, usable);
    }
}
