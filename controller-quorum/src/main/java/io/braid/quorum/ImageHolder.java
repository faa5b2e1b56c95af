package io.braid.quorum;

import io.braid.image.ClusterImage;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The newest image of a broker, and who waits for a newer one. {@link #image} may be read from any thread; the rest is
 * owned by the session's thread, but for {@link #addListener}.
 */
public final class ImageHolder {
    private static final Logger LOG = LoggerFactory.getLogger(ImageHolder.class);

    private record Waiter(Predicate<ClusterImage> until, CompletableFuture<Void> future) {}

    private final List<ImageListener> listeners = new CopyOnWriteArrayList<>();
    private final List<Waiter> waiters = new ArrayList<>();
    private volatile ClusterImage image = ClusterImage.EMPTY;

    public ClusterImage image() {
        return image;
    }

    public void addListener(ImageListener listener) {
        listeners.add(listener);
    }

    /** Takes a newer image; tells the listeners, then those who wait. An older one is dropped. */
    public void advance(ClusterImage next) {
        ClusterImage before = image;
        if (next.version() <= before.version()) {
            return;
        }
        image = next;
        for (ImageListener listener : listeners) {
            try {
                listener.onImage(before, next);
            } catch (RuntimeException e) {
                LOG.error("a listener of metadata failed version={}", next.version(), e);
            }
        }
        List<CompletableFuture<Void>> met = new ArrayList<>();
        for (Iterator<Waiter> each = waiters.iterator(); each.hasNext(); ) {
            Waiter waiter = each.next();
            if (waiter.until().test(next)) {
                each.remove();
                met.add(waiter.future());
            }
        }
        met.forEach(future -> future.complete(null));
    }

    /** Completes the future when the image meets the condition. */
    public void await(Predicate<ClusterImage> until, CompletableFuture<Void> future) {
        if (until.test(image)) {
            future.complete(null);
        } else {
            waiters.add(new Waiter(until, future));
        }
    }

    public void failWaiters(Exception cause) {
        waiters.forEach(waiter -> waiter.future().completeExceptionally(cause));
        waiters.clear();
    }
}
