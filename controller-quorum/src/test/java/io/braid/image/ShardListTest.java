package io.braid.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ShardListTest {
    private static ShardImage shard(int index, int version) {
        return new ShardImage(index, List.of(1), List.of(1), 1, 0, version, 1);
    }

    private static ShardList of(int count) {
        ShardList.Edit edit = ShardList.EMPTY.edit();
        for (int i = 0; i < count; i++) {
            edit.put(i, shard(i, 0));
        }
        return edit.done();
    }

    @Test
    void editsDoWhatTheyDoToAnOrdinaryListAndLeaveEarlierOnesAlone() {
        Random random = new Random(11);
        List<ShardImage> expected = new ArrayList<>();
        ShardList list = ShardList.EMPTY;
        for (int round = 1; round < 200; round++) {
            ShardList before = list;
            List<ShardImage> was = List.copyOf(expected);
            ShardList.Edit edit = list.edit();
            for (int i = random.nextInt(40); i > 0; i--) {
                int index = random.nextInt(3) == 0 && !expected.isEmpty()
                        ? random.nextInt(expected.size())
                        : expected.size();
                edit.put(index, shard(index, round));
                if (index == expected.size()) {
                    expected.add(shard(index, round));
                } else {
                    expected.set(index, shard(index, round));
                }
            }
            list = edit.done();

            assertThat(contents(list)).isEqualTo(expected);
            assertThat(contents(before)).isEqualTo(was);
            List<ShardImage> changed = new ArrayList<>();
            list.changesSince(before, changed::add);
            assertThat(changed)
                    .isEqualTo(expected.stream()
                            .filter(s ->
                                    s.id() >= was.size() || !was.get(s.id()).equals(s))
                            .toList());
        }
    }

    private static List<ShardImage> contents(ShardList list) {
        List<ShardImage> all = new ArrayList<>();
        for (int i = 0; i < list.size(); i++) {
            all.add(list.get(i));
        }
        return all;
    }

    @Test
    void equalContentsAreEqualHoweverTheyCameAbout() {
        ShardList.Edit edit = of(300).edit();
        edit.put(300, shard(300, 0));

        assertThat(edit.done()).isEqualTo(of(301)).isNotEqualTo(of(300));
    }

    @Test
    void anEditWithoutChangesGivesTheSameList() {
        ShardList list = of(300);

        assertThat(list.edit().done()).isSameAs(list);
    }

    @Test
    void thereAreNoGaps() {
        assertThatThrownBy(() -> of(3).edit().put(4, shard(4, 0))).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> of(3).get(3)).isInstanceOf(IndexOutOfBoundsException.class);
    }
}
