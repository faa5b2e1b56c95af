package io.braid.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import org.junit.jupiter.api.Test;

class LeakDetectionTest {
    @Test
    void everyBufferIsWatchedInAllTestsOfTheModule() {
        assertThat(ResourceLeakDetector.getLevel()).isEqualTo(ResourceLeakDetector.Level.PARANOID);
    }

    @Test
    void aBufferThatIsDroppedIsFound() {
        drop();

        assertThat(LeakDetection.takeLeaks())
                .singleElement()
                .asString()
                .contains("LEAK")
                .contains("LeakDetectionTest.drop");
    }

    private static void drop() {
        ByteBuf dropped = ByteBufAllocator.DEFAULT.directBuffer(16);
        dropped.writeInt(1);
    }

    @Test
    void aBufferThatIsReleasedIsNone() {
        ByteBufAllocator.DEFAULT.directBuffer(16).release();

        assertThat(LeakDetection.takeLeaks()).isEmpty();
    }
}
