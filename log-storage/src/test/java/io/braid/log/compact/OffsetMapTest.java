package io.braid.log.compact;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class OffsetMapTest {
    private static final byte[] SALT = new byte[16];

    private static ByteBuffer key(int i) {
        return ByteBuffer.allocate(4).putInt(0, i);
    }

    @Test
    void knowsTheGreatestOffsetOfEachKey() {
        OffsetMap map = new OffsetMap(1 << 20, 0.9, SALT);
        Map<Integer, Long> model = new HashMap<>();
        Random random = new Random(1);
        for (int i = 0; i < 50_000; i++) {
            int key = random.nextInt(20_000);
            long offset = random.nextInt(1 << 20);
            assertThat(map.put(key(key), offset)).isTrue();
            model.merge(key, offset, Math::max);
        }
        for (int key = 0; key < 21_000; key++) {
            assertThat(map.get(key(key))).isEqualTo(model.getOrDefault(key, OffsetMap.NONE));
        }
        assertThat(map.size()).isEqualTo(model.size());
    }

    @Test
    void growsToItsLimitAndThenTakesNoNewKeys() {
        OffsetMap map = new OffsetMap(96 << 10, 0.75, SALT);
        long before = map.bytes();
        int taken = 0;
        while (map.put(key(taken), taken)) {
            taken++;
        }
        assertThat(taken).isEqualTo((96 << 10) / OffsetMap.ENTRY_BYTES * 3 / 4);
        assertThat(map.bytes()).isGreaterThan(before).isLessThanOrEqualTo(96 << 10);
        assertThat(map.put(key(0), 1_000_000)).isTrue();
        assertThat(map.get(key(0))).isEqualTo(1_000_000);
        assertThat(map.get(key(taken))).isEqualTo(OffsetMap.NONE);
        for (int i = 1; i < taken; i++) {
            assertThat(map.get(key(i))).isEqualTo(i);
        }
    }

    @Test
    void isEmptyAfterClear() {
        OffsetMap map = new OffsetMap(1 << 10, 0.5, SALT);
        map.put(key(1), 0);
        assertThat(map.get(key(1))).isZero();
        map.clear();
        assertThat(map.get(key(1))).isEqualTo(OffsetMap.NONE);
        assertThat(map.size()).isZero();
    }

    @Test
    void doesNotMoveTheKey() {
        OffsetMap map = new OffsetMap(1 << 10, 0.5, SALT);
        ByteBuffer key = ByteBuffer.wrap(new byte[] {9, 1, 2, 9}, 1, 2);
        map.put(key, 5);
        assertThat(key.remaining()).isEqualTo(2);
        assertThat(map.get(ByteBuffer.wrap(new byte[] {1, 2}))).isEqualTo(5);
    }
}
