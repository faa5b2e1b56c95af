package io.braid.perf.routing;

import io.braid.client.ClientConfig;
import java.time.Duration;
import java.util.Locale;

/** How a client's map of the cluster is kept. */
enum Way {
    /** Kafka's: an error says that the map is old, and what leads now; else the map is asked for every five minutes. */
    ERROR,
    /** The same, and the map is asked for at a short interval besides. */
    PERIODIC,
    /** Braid's: brokers tell of changes. */
    WATCH;

    /** As on the command line and in result lines. */
    String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** @param interval of the periodic way */
    void configure(ClientConfig.Builder client, Duration interval) {
        client.watch(this == WATCH);
        if (this == PERIODIC) {
            client.metadataMaxAge(interval);
        }
    }
}
