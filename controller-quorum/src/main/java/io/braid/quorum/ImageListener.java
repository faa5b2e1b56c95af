package io.braid.quorum;

import io.braid.image.ClusterImage;

/** Told of each new image in order, on one thread; must not block. {@link ClusterImage#changesSince} says what differs. */
public interface ImageListener {
    void onImage(ClusterImage before, ClusterImage after);
}
