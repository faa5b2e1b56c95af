package io.braid.client;

import io.braid.client.network.Backoff;
import io.braid.client.network.BrokerLink;
import io.braid.client.routing.RoutingNews;
import io.braid.client.routing.RoutingTable;
import java.util.List;
import org.apache.kafka.common.message.MetadataResponseData;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Kafka's way: Metadata for the topics in use, when something is known to be old, or is old. Owned by the event loop. */
@SuppressWarnings("FutureReturnValueIgnored") // what hangs on a future takes its failure
final class RefreshDuty implements MetadataDuty {
    private static final Logger log = LoggerFactory.getLogger(RefreshDuty.class);

    private final ClientConfig config;
    private final RoutingState state;
    private final Backoff backoff;
    private final Runnable wake;
    private boolean wanted = true;
    private boolean outstanding;
    private long notBeforeNs = Long.MIN_VALUE;
    private long refreshedNs;
    private List<String> asked = List.of();

    RefreshDuty(ClientConfig config, RoutingState state, Backoff backoff, Runnable wake) {
        this.config = config;
        this.state = state;
        this.backoff = backoff;
        this.wake = wake;
    }

    @Override
    public void begin() {
        outstanding = false;
    }

    @Override
    public void refresh() {
        wanted = true;
    }

    @Override
    public void seen(BrokerLink from, long version, long nowNs) {
        // A Kafka broker says no version; where the watch is not used, errors and age do.
    }

    @Override
    public long poll(BrokerLink link, long nowNs) {
        long ageLeftNs = config.metadataMaxAge().toNanos() - (nowNs - refreshedNs);
        RoutingTable table = state.table();
        boolean hasNew = state.inUse().stream().anyMatch(name -> !asked.contains(name));
        boolean missing = table.topics().size() < state.inUse().size() || table.incomplete();
        if (outstanding || !(wanted || hasNew || missing || ageLeftNs <= 0)) {
            return Math.max(1, ageLeftNs);
        }
        boolean urgent = hasNew; // a topic that was never asked for need not wait for others' back-off
        if (!urgent && notBeforeNs != Long.MIN_VALUE && notBeforeNs - nowNs > 0) {
            return notBeforeNs - nowNs;
        }
        send(link, nowNs);
        return Math.max(1, ageLeftNs);
    }

    private void send(BrokerLink link, long nowNs) {
        outstanding = true;
        wanted = false;
        asked = List.copyOf(state.inUse());
        notBeforeNs = nowNs + backoff.nextNs();
        MetadataRequests.send(link, asked, config.autoCreateTopics(), config.requestTimeout())
                .whenComplete((response, failure) -> {
                    outstanding = false;
                    if (failure != null || response.brokers().isEmpty()) {
                        log.debug(
                                "metadata refresh failed broker={} cause={}",
                                link.node().address(),
                                String.valueOf(failure));
                        wanted = true;
                    } else {
                        onAnswer(response);
                    }
                    wake.run();
                });
    }

    private void onAnswer(MetadataResponseData response) {
        refreshedNs = System.nanoTime();
        state.publish(RoutingNews.apply(state.table(), response).only(state.inUse()));
        MetadataRequests.failHopeless(state, response);
        if (state.table().topics().size() >= state.inUse().size()
                && !state.table().incomplete()
                && !wanted) {
            backoff.reset();
        }
    }
}
