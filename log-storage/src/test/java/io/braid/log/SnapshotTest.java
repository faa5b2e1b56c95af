package io.braid.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A follower copies a leader's files. */
class SnapshotTest {
    private static final int OLD_ENTRIES = 3;

    @TempDir
    Path temp;

    private LogFixture leader;
    private LogFixture follower;

    @BeforeEach
    void open() {
        leader = new LogFixture(temp.resolve("leader"), LogFixture.SMALL);
        DeadLog.make(leader);
        follower = new LogFixture(temp.resolve("follower"), LogFixture.SMALL);
        for (int i = 0; i < OLD_ENTRIES; i++) {
            follower.append(0, 1, 77);
        }
    }

    @AfterEach
    void close() {
        leader.close();
        follower.close();
    }

    private void install(SnapshotInstall.FileStep step) throws IOException {
        follower.log.close();
        try (LogSnapshot snapshot = leader.log.snapshot();
                SnapshotInstall install = follower.directory.install(0, snapshot.manifest(), step)) {
            SnapshotCopy.all(snapshot, install);
            install.finish();
        }
        follower.log = follower.directory.open(0);
    }

    private void assertSame() {
        for (int partition = 0; partition < 3; partition++) {
            assertThat(follower.readAll(partition)).isEqualTo(leader.readAll(partition));
            assertThat(follower.view(partition).logStartOffset())
                    .isEqualTo(leader.view(partition).logStartOffset());
        }
        assertThat(follower.log.nextLsn()).isEqualTo(leader.log.nextLsn());
        assertThat(follower.log.startLsn()).isEqualTo(leader.log.startLsn());
        assertThat(follower.log.lastEpoch()).isEqualTo(leader.log.lastEpoch());
        assertThat(follower.log.lostEntries()).isEmpty();
        assertThat(follower.events.damages).isEmpty();
    }

    private void follow() throws IOException {
        while (follower.log.nextLsn() < leader.log.nextLsn()) {
            EntryRun run = leader.log.entries().read(follower.log.nextLsn(), 10_000, LogFixture.ALLOC);
            follower.log.appendReplicated(run.takeBytes(), follower.nowMs);
        }
    }

    @Test
    void theCopyGoesOnWhereTheLogWas() throws IOException {
        assertThat(leader.log.startLsn()).isPositive();
        install(SnapshotInstall.FileStep.NONE);
        assertSame();
        for (int i = 0; i < 50; i++) {
            leader.append(i % 3, 1, 5_000);
        }
        follow();
        assertSame();
        follower.reopen();
        assertSame();
        follower.maintain();
        follower.kill(temp.resolve("killed"));
        assertSame();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aLogWhoseNewestSegmentWasDeletedIsCopiedToItsEnd(boolean goesOn) throws IOException {
        leader.close();
        leader = new LogFixture(temp.resolve("end"), LogFixture.SMALL);
        DeadLog.makeAtTheEnd(leader);
        if (goesOn) {
            leader.append(0, 1, 100);
        }
        leader.reopen();
        leader.log.onCommitted(0); // not known yet
        install(SnapshotInstall.FileStep.NONE);
        assertSame();
        leader.append(0, 1, 100);
        follow();
        assertSame();
    }

    @Test
    void whatTheLeaderGoesOnToAppendSealAndDeleteDoesNotChangeTheCopy() throws IOException {
        follower.log.close();
        try (LogSnapshot snapshot = leader.log.snapshot()) {
            byte[][] before = {leader.readAll(0), leader.readAll(1), leader.readAll(2)};
            for (int i = 0; i < 100; i++) {
                leader.append(i % 3, 1, 5_000);
                leader.maintain();
            }
            EntryBatch deletion = new EntryBatch();
            deletion.addTopicDeleted(LogFixture.TOPIC, 1, 0);
            leader.append(deletion);
            leader.maintain();
            try (SnapshotInstall install = follower.directory.install(0, snapshot.manifest())) {
                SnapshotCopy.all(snapshot, install);
                install.finish();
            }
            follower.log = follower.directory.open(0);
            assertThat(follower.log.nextLsn()).isEqualTo(snapshot.endLsn());
            for (int partition = 0; partition < 3; partition++) {
                assertThat(follower.readAll(partition)).isEqualTo(before[partition]);
            }
        }
    }

    @Test
    void aCrashAtAnyFileOperationLeavesTheOldLogOrTheNewOne() throws IOException {
        Set<Long> seen = new HashSet<>();
        for (int crashAt = 0; ; crashAt++) {
            follower.close();
            LogFixture.delete(follower.path);
            follower = new LogFixture(follower.path, LogFixture.SMALL);
            for (int i = 0; i < OLD_ENTRIES; i++) {
                follower.append(0, 1, 77);
            }
            int[] left = {crashAt};
            try {
                install(() -> {
                    if (left[0]-- == 0) {
                        throw new CrashException();
                    }
                });
            } catch (CrashException e) {
                follower.directory.close();
                follower.open();
                seen.add(follower.log.nextLsn());
                if (follower.log.nextLsn() == OLD_ENTRIES) {
                    assertThat(follower.readAll(0)).isNotEmpty();
                    install(SnapshotInstall.FileStep.NONE);
                }
                assertSame();
                assertThat(LogFiles.list(follower.path.resolve("shards"))).hasSize(1);
                continue;
            }
            break;
        }
        assertThat(seen).containsExactlyInAnyOrder((long) OLD_ENTRIES, leader.log.nextLsn());
    }

    private static final class CrashException extends IOException {
        private static final long serialVersionUID = 1L;
    }

    @Test
    void filesThatAreCompleteAreNotCopiedAgain() throws IOException {
        try (LogSnapshot snapshot = leader.log.snapshot()) {
            SnapshotManifest manifest = snapshot.manifest();
            int files = manifest.files().size();
            assertThat(files).isGreaterThan(3);
            SnapshotFile first;
            try (SnapshotInstall install = follower.directory.install(0, manifest)) {
                first = install.next().orElseThrow();
                ByteBuffer bytes = ByteBuffer.allocate((int) first.length());
                snapshot.read(first.name(), 0, bytes);
                install.write(0, bytes.flip());
                install.write(0, ByteBuffer.allocate(10));
            }
            follower.reopen();
            try (SnapshotInstall install = follower.directory.install(0, manifest)) {
                assertThat(install.next()).contains(manifest.files().get(1));
                assertThat(install.missingBytes()).isEqualTo(manifest.bytes() - first.length());
                install.discard();
            }
            assertThat(LogFiles.list(follower.path.resolve("shards"))).hasSize(1);
        }
        assertThat(follower.log.nextLsn()).isEqualTo(OLD_ENTRIES);
    }

    @Test
    void aFileThatArrivesDamagedBeginsAnew() throws IOException {
        try (LogSnapshot snapshot = leader.log.snapshot();
                SnapshotInstall install = follower.directory.install(0, snapshot.manifest())) {
            SnapshotFile first = install.next().orElseThrow();
            ByteBuffer bytes = ByteBuffer.allocate((int) first.length());
            assertThatThrownBy(() -> install.write(0, bytes)).isInstanceOf(CorruptRunException.class);
            assertThat(install.next()).contains(first);
            assertThatThrownBy(() -> install.write(5, ByteBuffer.allocate(1))).isInstanceOf(CorruptRunException.class);
            assertThatThrownBy(install::finish).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> new SnapshotFile("../x", 1, 1)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void cannotReplaceALogThatIsOpen() throws IOException {
        try (LogSnapshot snapshot = leader.log.snapshot();
                SnapshotInstall install = follower.directory.install(0, snapshot.manifest())) {
            SnapshotCopy.all(snapshot, install);
            assertThatThrownBy(install::finish).isInstanceOf(IllegalStateException.class);
        }
        assertThat(Files.exists(follower.path.resolve("shards/0.install/installed")))
                .isFalse();
    }

    @Test
    void theUncommittedPartOfTheCopyCanBeTruncated() throws IOException {
        long committed = leader.log.nextLsn();
        leader.log.onCommitted(committed);
        byte[] before = leader.readAll(0);
        for (int i = 0; i < 5; i++) {
            leader.append(0, 1, 100);
        }
        leader.reopen();
        leader.log.onCommitted(committed);
        install(SnapshotInstall.FileStep.NONE);
        follower.log.onCommitted(committed);
        follower.log.truncateTo(committed, follower.nowMs);
        assertThat(follower.log.nextLsn()).isEqualTo(committed);
        assertThat(follower.readAll(0)).isEqualTo(before);
    }

    @Test
    void whatIsDroppedIsGoneWithACopyThatWasBeingMade() throws IOException {
        LogSnapshot snapshot = leader.log.snapshot();
        follower.log.close();
        SnapshotInstall unfinished = follower.directory.install(0, snapshot.manifest());
        SnapshotCopy.all(snapshot, unfinished);
        unfinished.close();
        snapshot.close();

        follower.directory.drop(0);

        try (var files = Files.list(follower.path.resolve("shards"))) {
            assertThat(files).isEmpty();
        }
        follower.log = follower.directory.open(0);
        assertThat(follower.log.nextLsn()).isZero();
    }

    @Test
    void anOpenLogIsNotDropped() {
        assertThatThrownBy(() -> follower.directory.drop(0)).isInstanceOf(IllegalStateException.class);
    }
}
