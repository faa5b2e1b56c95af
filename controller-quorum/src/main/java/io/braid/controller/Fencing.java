package io.braid.controller;

import io.braid.image.ClusterImage;

/** What fencing a broker comes to. Pure. */
public final class Fencing {
    private Fencing() {}

    /**
     * Whether a {@link Command.FenceBroker} would change anything: the broker is unfenced, or it came back without having
     * begun to serve and is still a member of in-sync sets, which would wait for it.
     */
    public static boolean changes(ClusterImage image, int brokerId) {
        return image.broker(brokerId).map(b -> !b.fenced()).orElse(false) || ShardDecisions.holdsBack(image, brokerId);
    }
}
