package io.braid.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.image.ClusterImage;
import io.braid.image.MetadataRecord;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ImageWaitersTest {
    private ClusterImage image = ClusterImage.EMPTY;
    private final ImageWaiters waiters = new ImageWaiters(() -> image);

    private void advance(long version) {
        image = image.apply(version, List.of(new MetadataRecord.ProducerIdsAllocated(version)));
        waiters.onImage(image);
    }

    @Test
    void whatHoldsAlreadyIsNotWaitedFor() {
        assertThat(waiters.await(image -> true, 1000)).isCompletedWithValue(true);
        assertThat(waiters.await(image -> false, 0)).isCompletedWithValue(false);
        assertThat(waiters.waiting()).isZero();
    }

    @Test
    void theFirstImageThatFitsEndsTheWait() {
        CompletableFuture<Boolean> third = waiters.await(image -> image.version() >= 3, 60_000);
        CompletableFuture<Boolean> fifth = waiters.await(image -> image.version() >= 5, 60_000);
        advance(2);
        assertThat(third).isNotDone();
        advance(4);
        assertThat(third).isCompletedWithValue(true);
        assertThat(fifth).isNotDone();
        advance(5);
        assertThat(fifth).isCompletedWithValue(true);
        assertThat(waiters.waiting()).isZero();
    }

    @Test
    void aWaitEndsWithoutAnImageToo() throws Exception {
        assertThat(waiters.await(image -> false, 1).get(10, TimeUnit.SECONDS)).isFalse();
        assertThat(waiters.waiting()).isZero();
    }
}
