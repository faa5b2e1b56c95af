package io.braid.broker;

import io.braid.broker.config.TopicSettings;
import io.braid.broker.config.TopicSettingsCache;
import io.braid.image.ClusterImage;
import io.braid.image.TopicImage;
import io.braid.log.RetentionPolicy;
import java.util.Optional;
import org.apache.kafka.common.Uuid;

/** The retention of topics as one image has it. Immutable. */
final class TopicRetention implements RetentionPolicy {
    private static final long UNLIMITED = -1;

    private final ClusterImage image;
    private final TopicSettingsCache settings;

    TopicRetention(ClusterImage image, TopicSettingsCache settings) {
        this.image = image;
        this.settings = settings;
    }

    @Override
    public long retentionMs(Uuid topic) {
        return of(topic)
                .filter(TopicSettings::delete)
                .map(TopicSettings::retentionMs)
                .orElse(UNLIMITED);
    }

    @Override
    public long retentionBytes(Uuid topic) {
        return of(topic)
                .filter(TopicSettings::delete)
                .map(TopicSettings::retentionBytes)
                .orElse(UNLIMITED);
    }

    @Override
    public boolean exists(Uuid topic) {
        return image.topic(topic).isPresent();
    }

    private Optional<TopicSettings> of(Uuid topic) {
        Optional<TopicImage> found = image.topic(topic);
        return found.map(t -> settings.of(image, t));
    }
}
