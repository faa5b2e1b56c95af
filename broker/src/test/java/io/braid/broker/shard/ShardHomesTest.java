package io.braid.broker.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

class ShardHomesTest {
    private static final Uuid A = new Uuid(1, 1);
    private static final Uuid B = new Uuid(2, 2);

    @Test
    void textTellsAllAndEachIsNewer() {
        ShardHomes homes = new ShardHomes();
        homes.directories(Map.of(A, "/a dir=1", B, "C:\\b"));
        assertThat(homes.put(7, A)).isTrue();
        assertThat(homes.put(7, A)).isFalse();
        homes.put(8, B);

        ShardHomes read = ShardHomes.parse(homes.text());

        assertThat(read.all()).isEqualTo(Map.of(7, A, 8, B));
        assertThat(read.directoryAt("/a dir=1")).contains(A);
        assertThat(read.directoryAt("C:\\b")).contains(B);
        assertThat(ShardHomes.parse(read.text()).revision()).isGreaterThan(homes.revision());
    }

    @Test
    void damagedTextIsRefused() {
        ShardHomes homes = new ShardHomes();
        homes.put(1, A);
        String text = homes.text();
        for (int length = 0; length < text.length() - 1; length++) {
            String cut = text.substring(0, length);
            assertThatThrownBy(() -> ShardHomes.parse(cut)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void shardsOfADirectoryThatIsNotConfiguredAnyMoreAreForgotten() {
        ShardHomes homes = new ShardHomes();
        assertThat(homes.directories(Map.of(A, "/a", B, "/b"))).isTrue();
        homes.put(1, A);
        homes.put(2, B);

        assertThat(homes.directories(Map.of(A, "/a", B, "/b"))).isFalse();
        assertThat(homes.directories(Map.of(A, "/a"))).isTrue();
        assertThat(homes.all()).isEqualTo(Map.of(1, A));
    }
}
