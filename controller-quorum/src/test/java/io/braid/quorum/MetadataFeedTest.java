package io.braid.quorum;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.image.ClusterImage;
import io.braid.image.MetadataRecord;
import io.braid.image.MetadataRecord.ProducerIdsAllocated;
import io.braid.quorum.message.RecordBatch;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MetadataFeedTest {
    private static final int ALL = 1 << 20;

    private final MetadataFeed feed = new MetadataFeed();

    /** The next change, of so many records, two versions on. */
    private void change(int records) {
        ClusterImage before = feed.image();
        List<MetadataRecord> added =
                Collections.nCopies(records, new ProducerIdsAllocated((1L << 40) + before.version()));
        feed.add(before, before.apply(before.version() + 2, added), added);
    }

    private Optional<List<Long>> versionsAfter(long version, int maxBytes) {
        return feed.after(version, maxBytes).map(batches -> batches.stream()
                .map(batch -> RecordBatch.decode(batch).version())
                .toList());
    }

    @Test
    void givesWhatLeadsOnInOrder() {
        for (int i = 0; i < 4; i++) {
            change(1);
        }

        assertThat(versionsAfter(0, ALL)).contains(List.of(2L, 4L, 6L, 8L));
        assertThat(versionsAfter(4, ALL)).contains(List.of(6L, 8L));
        assertThat(versionsAfter(4, 1)).as("one at least").contains(List.of(6L));
        assertThat(versionsAfter(8, ALL)).as("nothing newer").isEmpty();
        assertThat(versionsAfter(3, ALL)).as("no version there was").isEmpty();
    }

    @Test
    void anAnswerIsBoundedWhateverIsAsked() {
        for (int i = 0; i < 10; i++) {
            change(5_000);
        }

        long bytes = feed.after(0, Integer.MAX_VALUE).orElseThrow().stream()
                .mapToLong(batch -> batch.length)
                .sum();
        assertThat(bytes).isBetween(MetadataFeed.MAX_ANSWER_BYTES / 2L, (long) MetadataFeed.MAX_ANSWER_BYTES);
    }

    @Test
    void forgetsTheOldestButNeverTheNewest() {
        change(10);
        change(49_990);
        assertThat(versionsAfter(0, ALL)).contains(List.of(2L));

        change(1);
        assertThat(versionsAfter(0, ALL)).isEmpty();
        assertThat(versionsAfter(2, ALL)).contains(List.of(4L));

        change(60_000);
        assertThat(versionsAfter(4, ALL)).isEmpty();
        assertThat(versionsAfter(6, ALL)).as("more than are kept otherwise").contains(List.of(8L));
    }

    @Test
    void aReplacedImageLeadsOnFromNothing() {
        change(1);
        feed.replace(feed.image().apply(20, List.of()));

        assertThat(versionsAfter(0, ALL)).isEmpty();
        assertThat(versionsAfter(2, ALL)).isEmpty();
    }
}
