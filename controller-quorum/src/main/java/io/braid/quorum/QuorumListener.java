package io.braid.quorum;

import io.braid.image.ClusterImage;
import io.braid.image.MetadataRecord;
import java.util.List;

/** Told what happens to a controller's state, on Raft's threads; must not block. */
interface QuorumListener {
    /** Records took the image on. On the apply thread, in order. */
    default void onApplied(ClusterImage before, ClusterImage after, List<MetadataRecord> records) {}

    /** The image was replaced as a whole, by a snapshot. On the apply thread, in order with {@link #onApplied}. */
    default void onReplaced(ClusterImage image) {}

    /** This controller leads, and has applied all that was committed before. */
    default void onLeading() {}

    /** It leads no more. */
    default void onNotLeading() {}
}
