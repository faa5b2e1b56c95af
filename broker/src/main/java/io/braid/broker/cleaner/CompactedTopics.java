package io.braid.broker.cleaner;

import io.braid.broker.config.TopicSettings;
import io.braid.broker.config.TopicSettingsCache;
import io.braid.image.ClusterImage;
import io.braid.log.compact.CompactionPolicy;
import io.braid.log.compact.TopicCompaction;
import java.util.Optional;
import org.apache.kafka.common.Uuid;

/** The compaction of topics as one image has it. Internal topics bound themselves. Immutable. */
public final class CompactedTopics implements CompactionPolicy {
    private final ClusterImage image;
    private final TopicSettingsCache settings;

    public CompactedTopics(ClusterImage image, TopicSettingsCache settings) {
        this.image = image;
        this.settings = settings;
    }

    @Override
    public Optional<TopicCompaction> of(Uuid topic) {
        return image.topic(topic)
                .filter(found -> !found.internal())
                .map(found -> settings.of(image, found))
                .filter(TopicSettings::compact)
                .map(TopicSettings::compaction);
    }

    @Override
    public long version() {
        return image.version();
    }
}
