package io.braid.protocol.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FrameReaderTest {
    private static final int MAX_FRAME_BYTES = 3 << 20;

    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);
    private final InFlightBytes inFlight = new InFlightBytes(64 << 20);
    private final List<byte[]> frames = new ArrayList<>();
    private final List<String> violations = new ArrayList<>();
    private boolean ready = true;
    private int notReadyEvery;
    private int maxReadBytes = Integer.MAX_VALUE;
    private int largestBuffer;

    private final FrameReader reader = new FrameReader(
            new FrameReader.Handler() {
                @Override
                public boolean ready() {
                    return ready;
                }

                @Override
                public boolean accept(int frameBytes) {
                    if (frameBytes <= 0 || frameBytes > MAX_FRAME_BYTES) {
                        onViolation("size " + frameBytes);
                        return false;
                    }
                    return true;
                }

                @Override
                public void onFrame(ByteBuf buffer, int index, int length, int chargedBytes) {
                    frames.add(ByteBufUtil.getBytes(buffer, index, length));
                    inFlight.release(chargedBytes);
                    ready = notReadyEvery == 0 || frames.size() % notReadyEvery != 0;
                }

                @Override
                public void onViolation(String reason) {
                    violations.add(reason);
                }
            },
            inFlight);

    @AfterEach
    void nothingIsHeldInTheEnd() {
        reader.end();
        assertThat(inFlight.usedBytes()).isZero();
        assertThat(allocator.metric().usedDirectMemory()).isZero();
    }

    /** Does one read as Netty would, of what the socket has. */
    private void read(ByteBuffer socket) {
        ByteBuf buffer = reader.allocate(allocator);
        largestBuffer = Math.max(largestBuffer, buffer.capacity());
        int bytes = Math.min(Math.min(buffer.writableBytes(), socket.remaining()), maxReadBytes);
        assertThat(buffer.isWritable()).isTrue();
        buffer.writeBytes(socket.slice(socket.position(), bytes));
        socket.position(socket.position() + bytes);
        reader.onRead(buffer);
    }

    private void readAll(ByteBuffer socket) {
        while (socket.hasRemaining() && violations.isEmpty()) {
            if (reader.hasUnparsed()) {
                ready = true;
                reader.resume();
            } else {
                read(socket);
            }
        }
        while (reader.hasUnparsed()) {
            ready = true;
            reader.resume();
        }
    }

    private static ByteBuffer stream(List<byte[]> frames) {
        ByteBuffer stream = ByteBuffer.allocate(
                frames.stream().mapToInt(frame -> 4 + frame.length).sum());
        frames.forEach(frame -> stream.putInt(frame.length).put(frame));
        return stream.flip();
    }

    private static byte[] randomFrame(Random random, int size) {
        byte[] frame = new byte[size];
        random.nextBytes(frame);
        return frame;
    }

    @Test
    void framesComeOutWholeHoweverTheyWereSplit() {
        int[] sizes = {1, 2, 3, 17, 100, 1_000, 2_040, 2_048, 10_000, 16_380, 70_000, 200_000, 1_200_000};
        for (int seed = 0; seed < 60; seed++) {
            Random random = new Random(seed);
            List<byte[]> sent = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                int limit = seed % 3 == 0 ? 5 : sizes.length;
                sent.add(randomFrame(random, sizes[random.nextInt(limit)] + random.nextInt(3)));
            }
            frames.clear();
            notReadyEvery = seed % 4;
            ready = true;
            ByteBuffer stream = stream(sent);
            while (stream.hasRemaining()) {
                int burst = Math.min(stream.remaining(), 1 + random.nextInt(seed % 2 == 0 ? 9_000 : 300_000));
                readAll(stream.slice(stream.position(), burst));
                stream.position(stream.position() + burst);
            }

            assertThat(frames.size()).as("seed %d", seed).isEqualTo(sent.size());
            for (int i = 0; i < sent.size(); i++) {
                assertThat(Arrays.equals(frames.get(i), sent.get(i)))
                        .as("seed %d frame %d", seed, i)
                        .isTrue();
            }
        }
    }

    /** A chunk has grown by many small frames; then more of a large frame lies in it than a new frame is trusted with. */
    @Test
    void thereIsRoomForTheRestOfALargeFrameThatFillsAChunk() {
        List<byte[]> sent = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            sent.add(randomFrame(new Random(i), 1_000));
        }
        sent.add(randomFrame(new Random(60), 1_000_000));
        readAll(stream(sent));
        assertThat(frames).hasSize(61);
        assertThat(frames.get(60)).isEqualTo(sent.get(60));
    }

    @Test
    void bytesMayComeOneByOne() {
        maxReadBytes = 1;
        List<byte[]> sent = List.of(randomFrame(new Random(1), 20), new byte[1], randomFrame(new Random(2), 5));
        readAll(stream(sent));
        assertThat(frames).hasSize(3);
        assertThat(frames.get(2)).isEqualTo(sent.get(2));
    }

    @Test
    void lengthThatIsNotAcceptableEndsTheReading() {
        for (int length : new int[] {0, -1, Integer.MIN_VALUE, Integer.MAX_VALUE, MAX_FRAME_BYTES + 1}) {
            FrameReaderTest fresh = new FrameReaderTest();
            fresh.readAll(ByteBuffer.allocate(1000).putInt(length).rewind());
            assertThat(fresh.violations).hasSize(1);
            assertThat(fresh.frames).isEmpty();
            assertThat(fresh.largestBuffer).isLessThan(10_000);
            fresh.nothingIsHeldInTheEnd();
        }
    }

    @Test
    void claimedLengthGetsNoMoreMemoryThanThePeerHasEarned() {
        readAll(ByteBuffer.allocate(1_000).putInt(MAX_FRAME_BYTES).rewind());
        assertThat(inFlight.usedBytes()).isEqualTo(FrameReader.INITIAL_TRUST_BYTES);
        assertThat(reader.insideFrame()).isTrue();
    }

    @Test
    void frameLargerThanEarnedGrowsWithWhatCame() {
        byte[] frame = randomFrame(new Random(3), 1_000_000);
        ByteBuffer stream = stream(List.of(frame, frame));
        readAll(stream.slice(0, 600_000));
        assertThat(inFlight.usedBytes()).isBetween(600_000L, 1_050_000L);
        readAll(stream.slice(600_000, stream.capacity() - 600_000));
        assertThat(frames).hasSize(2).allMatch(received -> Arrays.equals(received, frame));
    }

    @Test
    void earnedFrameIsReadIntoOneBufferOfItsSize() {
        byte[] frame = randomFrame(new Random(3), 100_000);
        readAll(stream(List.of(frame)));
        largestBuffer = 0;
        readAll(stream(List.of(frame)));
        assertThat(largestBuffer).isEqualTo(100_004);
    }

    @Test
    void frameIsRefusedWhenMemoryForItsRestIsGone() {
        inFlight.add(2 * inFlight.capBytes() - 100_000);
        readAll(stream(List.of(new byte[1_000_000])));
        assertThat(violations).hasSize(1);
        assertThat(frames).isEmpty();
        inFlight.release(2 * inFlight.capBytes() - 100_000);
    }

    @Test
    void readsAfterTheEndAreDropped() {
        ByteBuf late = reader.allocate(allocator).writeZero(10);
        reader.end();
        reader.onRead(late);
        assertThat(frames).isEmpty();
    }
}
