package io.braid.log.rows;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class RowChunksTest {
    private record Taken(RowView view, List<Long> rows) {}

    @Property(tries = 100)
    void snapshotsKeepWhatTheySaw(@ForAll @Size(max = 800) List<@IntRange(min = 0, max = 0xFFFF) Integer> steps) {
        RowChunks chunks = new RowChunks(11);
        List<Long> model = new ArrayList<>();
        List<Taken> taken = new ArrayList<>();
        for (int step : steps) {
            if (step % 50 == 0) {
                taken.add(new Taken(chunks.snapshot(), List.copyOf(model)));
            } else if (step % 3 == 0 && !model.isEmpty()) {
                int row = step % model.size();
                chunks.setLong(row, 3, step);
                model.set(row, (long) step);
            } else {
                chunks.ensure(model.size() + 1);
                chunks.setLong(model.size(), 3, -step);
                model.add((long) -step);
            }
        }
        taken.add(new Taken(chunks.view(), model));
        for (Taken snapshot : taken) {
            for (int row = 0; row < snapshot.rows.size(); row++) {
                assertThat(snapshot.view.getLong(row, 3)).isEqualTo(snapshot.rows.get(row));
            }
        }
    }

    @Test
    void fieldsOfARowDoNotTouchOneAnother() {
        RowChunks chunks = new RowChunks(15);
        chunks.ensure(1000);
        for (int row = 0; row < 1000; row++) {
            chunks.setLong(row, 0, -1L - row);
            chunks.setInt(row, 8, Integer.MIN_VALUE + row);
            chunks.setShort(row, 12, (short) row);
            chunks.setByte(row, 14, (byte) row);
        }
        for (int row = 0; row < 1000; row++) {
            assertThat(chunks.getLong(row, 0)).isEqualTo(-1L - row);
            assertThat(chunks.getInt(row, 8)).isEqualTo(Integer.MIN_VALUE + row);
            assertThat(chunks.getShort(row, 12)).isEqualTo((short) row);
            assertThat(chunks.getByte(row, 14)).isEqualTo((byte) row);
        }
    }
}
