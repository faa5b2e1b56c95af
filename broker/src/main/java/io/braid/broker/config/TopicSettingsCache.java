package io.braid.broker.config;

import io.braid.image.ClusterImage;
import io.braid.image.Configs;
import io.braid.image.TopicImage;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The effective settings of topics, computed once for each set of overrides and not for each request: topics with the same
 * overrides share one. Thread-safe.
 */
public final class TopicSettingsCache {
    private static final int MAX_ENTRIES = 10_000;

    /** The settings under one state of the broker's dynamic configs. */
    private record Generation(DynamicConfigs dynamic, Map<Configs, TopicSettings> byOverrides) {}

    private final TopicConfigs topics;
    private final String brokerName;
    private volatile Generation current = new Generation(DynamicConfigs.NONE, new ConcurrentHashMap<>());
    private volatile long currentVersion = -1;

    /** @param nodeId this broker, whose own dynamic configs count */
    public TopicSettingsCache(TopicConfigs topics, int nodeId) {
        this.topics = topics;
        this.brokerName = Integer.toString(nodeId);
    }

    public TopicSettings of(ClusterImage image, TopicImage topic) {
        Generation generation = generation(image);
        TopicSettings known = generation.byOverrides().get(topic.configs());
        if (known == null) {
            known = topics.settings(topic.configs(), generation.dynamic());
            if (generation.byOverrides().size() >= MAX_ENTRIES) {
                generation.byOverrides().clear();
            }
            generation.byOverrides().put(topic.configs(), known);
        }
        return known;
    }

    private Generation generation(ClusterImage image) {
        if (currentVersion == image.version()) {
            return current;
        }
        DynamicConfigs dynamic = new DynamicConfigs(
                image.config(ClusterImage.BROKER_RESOURCE, brokerName), image.config(ClusterImage.BROKER_RESOURCE, ""));
        if (!dynamic.equals(current.dynamic())) {
            current = new Generation(dynamic, new ConcurrentHashMap<>());
        }
        currentVersion = image.version();
        return current;
    }
}
