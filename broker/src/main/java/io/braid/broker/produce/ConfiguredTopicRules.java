package io.braid.broker.produce;

import io.braid.broker.config.TopicSettings;
import io.braid.broker.config.TopicSettingsCache;
import io.braid.image.ClusterImage;
import io.braid.image.TopicImage;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.record.internal.CompressionType;

/** Topic rules from the topics' configuration. Thread-safe. */
public final class ConfiguredTopicRules implements TopicRules {
    private static final String PRODUCERS_CHOICE = "producer";
    private static final String UNCOMPRESSED = "uncompressed";
    private static final int MAX_ENTRIES = 10_000;

    private final TopicSettingsCache settings;
    private final Map<TopicSettings, Settings> derived = new ConcurrentHashMap<>();

    public ConfiguredTopicRules(TopicSettingsCache settings) {
        this.settings = settings;
    }

    @Override
    public Settings of(ClusterImage image, TopicImage topic) {
        TopicSettings s = settings.of(image, topic);
        Settings known = derived.get(s);
        if (known == null) {
            if (derived.size() >= MAX_ENTRIES) {
                derived.clear();
            }
            known = derive(s);
            derived.put(s, known);
        }
        return known;
    }

    private static Settings derive(TopicSettings s) {
        return new Settings(
                new BatchRules(
                        s.maxMessageBytes(),
                        s.logAppendTime(),
                        s.timestampBeforeMaxMs(),
                        s.timestampAfterMaxMs(),
                        s.compact(),
                        codec(s.compressionType())),
                s.minInsyncReplicas());
    }

    /** Null for the producer's choice. */
    private static CompressionType codec(String name) {
        return switch (name) {
            case PRODUCERS_CHOICE -> null;
            case UNCOMPRESSED -> CompressionType.NONE;
            default -> CompressionType.forName(name);
        };
    }
}
