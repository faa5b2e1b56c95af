package io.braid.broker.handler;

import io.braid.image.ClusterImage;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The newest {@link ListenerView} of each listener, made anew when the image or the readiness of a shard has changed.
 * Safe for any thread.
 */
public final class ListenerViews {

    private final int nodeId;
    private final MetadataSource metadata;
    private final ShardReadiness readiness;
    private final Map<String, ListenerView> byListener = new ConcurrentHashMap<>();

    /**
     * @param nodeId this broker
     * @param readiness what this broker says of the shards that it leads
     */
    public ListenerViews(int nodeId, MetadataSource metadata, ShardReadiness readiness) {
        this.nodeId = nodeId;
        this.metadata = metadata;
        this.readiness = readiness;
    }

    /** The newest image of this broker. */
    ClusterImage image() {
        return metadata.image();
    }

    /** This broker's id. */
    int nodeId() {
        return nodeId;
    }

    /** What clients of {@code listener} are to see now. */
    ListenerView of(String listener) {
        ClusterImage image = metadata.image();
        ListenerView view = byListener.get(listener);
        if (view == null || view.image().version() != image.version() || !view.agreesWith(readiness)) {
            view = new ListenerView(image, listener, nodeId, readiness);
            byListener.put(listener, view);
        }
        return view;
    }
}
