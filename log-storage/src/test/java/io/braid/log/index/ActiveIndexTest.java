package io.braid.log.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.braid.log.table.PartitionTable;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class ActiveIndexTest {
    private final PartitionTable partitions = new PartitionTable();
    private final ActiveIndex index = new ActiveIndex(3);

    private int add(int partitionRow, long baseOffset) {
        return index.add(partitions, partitionRow, baseOffset, 0, 64 + baseOffset, 100, 1, baseOffset);
    }

    @Test
    void searchesOfALongChainAreLogarithmic() {
        int partition = partitions.findOrAdd(1, 1, 0);
        int rows = 200_000;
        for (int offset = 0; offset < rows; offset++) {
            add(partition, offset);
        }
        ActiveIndexView view = index.view();
        int head = partitions.newestActiveRow(partition);
        int[] tests = {0};

        int most = 0;
        for (int offset = 0; offset < rows; offset += 97) {
            tests[0] = 0;
            int row = view.oldestWhere(
                    head,
                    (rowsOf, candidate, limit) -> {
                        tests[0]++;
                        return rowsOf.baseOffset(candidate) >= limit;
                    },
                    offset);
            assertThat(view.baseOffset(row)).isEqualTo(offset);
            most = Math.max(most, tests[0]);
        }

        assertThat(most).isLessThan(4 * 18);
    }

    @Test
    void viewsAreReadWhileTheOwnerAdds() throws InterruptedException {
        int partition = partitions.findOrAdd(1, 1, 0);
        AtomicReference<ActiveIndexView> published = new AtomicReference<>(index.view());
        AtomicReference<Throwable> failure = new AtomicReference<>();
        int rows = 100_000;
        Thread reader = new Thread(() -> {
            try {
                ActiveIndexView view = published.get();
                while (view.rows() < rows) {
                    view = published.get();
                    int head = view.rows() - 1;
                    if (head >= 0) {
                        int wanted = head / 3;
                        assertThat(view.floor(head, wanted)).isEqualTo(wanted);
                        assertThat(view.oldest(head)).isZero();
                        assertThat(view.position(head)).isEqualTo(64L + head);
                    }
                }
            } catch (Throwable e) {
                failure.set(e);
            }
        });
        reader.start();
        for (int offset = 0; offset < rows; offset++) {
            add(partition, offset);
            published.set(index.view());
        }
        reader.join();

        assertThat(failure.get()).isNull();
    }

    @Test
    void anUndoneAppendIsUnreachable() {
        int partition = partitions.findOrAdd(1, 1, 0);
        int first = add(partition, 0);
        add(partition, 1);
        partitions.setNewest(partition, 3, first);
        int second = add(partition, 1);

        ActiveIndexView view = index.view();
        assertThat(view.previous(second)).isEqualTo(first);
        assertThat(view.previous(first)).isEqualTo(-1);
        assertThat(view.rows()).isEqualTo(3);
    }

    @Test
    void positionsReachFourGiB() {
        int partition = partitions.findOrAdd(1, 1, 0);
        int row = index.add(partitions, partition, 0, 0, 0xFFFF_FFFFL, 100, 1, 0);

        assertThat(index.view().position(row)).isEqualTo(0xFFFF_FFFFL);
        assertThatThrownBy(() -> index.add(partitions, partition, 1, 0, 0x1_0000_0000L, 100, 1, 0))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void refusesToAddToASegmentBeforeThePartitionsNewest() {
        int partition = partitions.findOrAdd(1, 1, 0);
        partitions.setNewest(partition, 4, 0);

        assertThatThrownBy(() -> add(partition, 0)).isInstanceOf(IllegalArgumentException.class);
    }
}
