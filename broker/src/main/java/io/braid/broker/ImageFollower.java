package io.braid.broker;

import io.braid.broker.shard.Shards;
import io.braid.image.ClusterImage;
import io.braid.image.ImageChanges;
import io.braid.image.TopicImage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * Applies each new image to the shards, in order, on a thread of its own: opening a log may wait for a disk.
 */
final class ImageFollower implements AutoCloseable {
    private final Shards shards;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(runnable -> {
        Thread t = new Thread(runnable, "braid-image");
        t.setDaemon(true);
        return t;
    });

    ImageFollower(Shards shards) {
        this.shards = shards;
    }

    /** The first image after the shards were recovered; waits until it is applied. */
    void begin(ClusterImage image) throws InterruptedException {
        thread.execute(() -> {
            shards.apply(image);
            shards.deleteTopicsMissingIn(image);
        });
        drain();
    }

    void follow(ClusterImage before, ClusterImage after) {
        thread.execute(() -> {
            ImageChanges changes = after.changesSince(before);
            if (!changes.shardsChanged().isEmpty()) {
                shards.apply(after);
            }
            if (!changes.topicsDeleted().isEmpty()) {
                shards.deleteTopics(
                        changes.topicsDeleted().stream().map(TopicImage::id).toList());
            }
        });
    }

    /** Waits until every image so far has been applied and the shards have taken it in. */
    void drain() throws InterruptedException {
        var done = thread.submit(() -> {});
        try {
            done.get();
        } catch (java.util.concurrent.ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
        shards.drain();
    }

    @Override
    public void close() {
        thread.shutdown();
        try {
            thread.awaitTermination(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
