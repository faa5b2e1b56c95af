package io.braid.broker;

import io.braid.broker.shard.Shards;
import io.braid.image.ClusterImage;
import io.braid.image.ImageChanges;
import io.braid.image.TopicImage;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies each new image to the shards, in order, on a thread of its own: opening a log may wait for a disk.
 */
final class ImageFollower implements AutoCloseable {
    /** Hears of images once the shards have applied them; the change is empty for the first. Called by the one thread. */
    interface Listener {
        void applied(ClusterImage image, Optional<ImageChanges> changes);
    }

    private static final Logger LOG = LoggerFactory.getLogger(ImageFollower.class);

    private final Shards shards;
    private final Consumer<ClusterImage> first;
    private final Listener listener;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(runnable -> {
        Thread t = new Thread(runnable, "braid-image");
        t.setDaemon(true);
        return t;
    });

    /**
     * @param first told of each image before the shards are, on the same thread
     * @param listener told after them
     */
    ImageFollower(Shards shards, Consumer<ClusterImage> first, Listener listener) {
        this.shards = shards;
        this.first = first;
        this.listener = listener;
    }

    /** The first image after the shards were recovered; waits until it is applied. */
    void begin(ClusterImage image) throws InterruptedException {
        thread.execute(() -> {
            first.accept(image);
            shards.apply(image);
            shards.deleteTopicsMissingIn(image);
            listener.applied(image, Optional.empty());
        });
        drain();
    }

    void follow(ClusterImage before, ClusterImage after) {
        onThread(() -> {
            first.accept(after);
            ImageChanges changes = after.changesSince(before);
            // A broker's incarnation, and whether it may be in sync, concern the shards it has replicas of.
            if (!changes.shardsChanged().isEmpty() || !changes.brokersChanged().isEmpty()) {
                shards.apply(after);
            }
            if (!changes.topicsDeleted().isEmpty()) {
                shards.deleteTopics(
                        changes.topicsDeleted().stream().map(TopicImage::id).toList());
            }
            listener.applied(after, Optional.of(changes));
        });
    }

    private void onThread(Runnable task) {
        try {
            thread.execute(task);
        } catch (RejectedExecutionException e) {
            LOG.trace("closed", e);
        }
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
