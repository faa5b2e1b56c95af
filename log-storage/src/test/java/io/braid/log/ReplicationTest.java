package io.braid.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A follower appends what it reads from a leader's log. */
class ReplicationTest {
    @TempDir
    Path temp;

    private LogFixture leader;
    private LogFixture follower;

    @BeforeEach
    void open() {
        leader = new LogFixture(temp.resolve("leader"), LogFixture.SMALL);
        follower = new LogFixture(temp.resolve("follower"), LogFixture.SMALL);
    }

    @AfterEach
    void close() {
        leader.close();
        follower.close();
    }

    private ByteBuffer run(long from, int maxBytes) throws IOException {
        return leader.log.entries().read(from, maxBytes, LogFixture.ALLOC).takeBytes();
    }

    private void follow(int maxBytes) throws IOException {
        while (follower.log.nextLsn() < leader.log.nextLsn()) {
            follower.log.appendReplicated(run(follower.log.nextLsn(), maxBytes), follower.nowMs);
        }
    }

    private void assertSame(int partitions) {
        for (int partition = 0; partition < partitions; partition++) {
            assertThat(follower.readAll(partition)).isEqualTo(leader.readAll(partition));
        }
        assertThat(follower.log.nextLsn()).isEqualTo(leader.log.nextLsn());
        assertThat(follower.log.lastEpoch()).isEqualTo(leader.log.lastEpoch());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3_000, 9 << 20})
    void theFollowerHasTheSameEntries(int maxBytes) throws IOException {
        for (int i = 0; i < 50; i++) {
            leader.append(i % 4, i / 10, 1, i % 9 == 0 ? 100_000 : 300);
            EntryBatch start = new EntryBatch();
            start.addLogStart(LogFixture.TOPIC, 1, 0, i / 10, i / 8);
            leader.append(start);
        }
        follow(maxBytes);
        assertSame(4);
        follower.kill(temp.resolve("killed"));
        assertSame(4);
        assertThat(follower.events.damages).isEmpty();
    }

    @Test
    void aRunMayBeLargerThanWhatChronicleMapsAtATime() throws IOException {
        leader.close();
        leader = new LogFixture(temp.resolve("large"), LogConfig.defaults().withSegmentBytes(64 << 20, 64 << 20));
        for (int i = 0; i < 300; i++) {
            leader.append(i % 4, 1, 60_000);
        }
        ByteBuffer run = run(0, 64 << 20);
        assertThat(run.remaining()).isGreaterThan(16 << 20);
        follower.log.appendReplicated(run, 0);
        assertSame(4);
        follower.append(0, 1, 10);
        assertThat(follower.log.nextLsn()).isEqualTo(301);
    }

    @Test
    void takesDirectBuffers() throws IOException {
        leader.append(0, 1, 100);
        leader.append(1, 1, 40_000);
        ByteBuffer run = run(0, 1 << 20);
        ByteBuf direct = LogFixture.ALLOC.directBuffer();
        direct.writeBytes(run);
        follower.log.appendReplicated(direct.nioBuffer(), 0);
        direct.release();
        assertSame(2);
    }

    @Test
    void appendsNothingOfADamagedRun() throws IOException {
        for (int i = 0; i < 5; i++) {
            leader.append(i % 2, 1, 300);
        }
        int size = run(0, 1 << 20).remaining();
        for (int at = 0; at < size; at++) {
            ByteBuffer run = run(0, 1 << 20);
            run.put(at, (byte) (run.get(at) ^ 0x10));
            try {
                follower.log.appendReplicated(run, 0);
            } catch (CorruptRunException e) {
                assertThat(follower.log.nextLsn()).isZero();
                continue;
            }
            // Only what lies between entries may change without being noticed.
            assertSame(2);
            follower.close();
            follower = new LogFixture(temp.resolve("follower" + at), LogFixture.SMALL);
        }
    }

    @Test
    void appendsNothingOfARunThatIsCut() throws IOException {
        for (int i = 0; i < 3; i++) {
            leader.append(0, 1, 30);
        }
        int size = run(0, 1 << 20).remaining();
        for (int cut = 1; cut < size; cut++) {
            ByteBuffer run = run(0, 1 << 20).limit(cut);
            long before = follower.log.nextLsn();
            try {
                follower.log.appendReplicated(run, 0);
            } catch (CorruptRunException e) {
                assertThat(follower.log.nextLsn()).isEqualTo(before);
                continue;
            }
            // Cut between two entries: a shorter run.
            follower.close();
            follower = new LogFixture(temp.resolve("follower" + cut), LogFixture.SMALL);
        }
    }

    @Test
    void refusesEntriesThatAreNotNext() throws IOException {
        leader.append(0, 1, 30);
        leader.append(0, 1, 30);
        assertThatThrownBy(() -> follower.log.appendReplicated(run(1, 1 << 20), 0))
                .isInstanceOf(CorruptRunException.class)
                .hasMessageContaining("where 0 is expected");
        follow(1 << 20);
        assertThatThrownBy(() -> follower.log.appendReplicated(run(0, 1 << 20), 0))
                .isInstanceOf(CorruptRunException.class);
        assertSame(1);
    }

    @Test
    void refusesAnOlderEpoch() throws IOException {
        leader.append(0, 3, 1, 30);
        leader.append(0, 3, 1, 30);
        EntryBatch epoch = new EntryBatch();
        epoch.addEpochStart(4);
        follower.append(epoch);
        assertThatThrownBy(() -> follower.log.appendReplicated(run(1, 1 << 20), 0))
                .isInstanceOf(CorruptRunException.class)
                .hasMessageContaining("epoch 3 after epoch 4");
    }
}
