package io.braid.protocol.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class InFlightBytesTest {
    private final InFlightBytes bytes = new InFlightBytes(1000);
    private final List<String> woken = new ArrayList<>();

    @Test
    void thoseWhoWaitAreWokenOnceAQuarterIsFree() {
        bytes.add(1000);
        assertThat(bytes.full()).isTrue();
        bytes.whenFree(() -> woken.add("a"));
        bytes.whenFree(() -> woken.add("b"));

        bytes.release(249);
        assertThat(woken).isEmpty();
        bytes.release(1);
        assertThat(woken).containsExactly("a", "b");
        bytes.release(750);
        assertThat(woken).hasSize(2);
        assertThat(bytes.usedBytes()).isZero();
    }

    @Test
    void whoeverComesWhenThereIsRoomIsWokenAtOnce() {
        bytes.whenFree(() -> woken.add("now"));
        assertThat(woken).containsExactly("now");
    }

    @Test
    void framesThatWereBegunMayGrowToTwiceTheCap() {
        bytes.add(1000);
        assertThat(bytes.tryGrow(1000)).isTrue();
        assertThat(bytes.tryGrow(1)).isFalse();
        assertThat(bytes.usedBytes()).isEqualTo(2000);
    }
}
