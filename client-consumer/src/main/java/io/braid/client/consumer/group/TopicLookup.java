package io.braid.client.consumer.group;

import io.braid.client.ClusterClient;
import io.braid.client.network.Backoff;
import io.braid.client.network.BrokerLink;
import io.braid.client.routing.TopicRoute;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/**
 * Finds names, ids and partition counts: in the routing table for topics in use, and of others by Metadata requests, tried
 * again until they are answered. Owned by the event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what hangs on a future takes its failure
final class TopicLookup {
    private static final int METADATA_VERSIONS = 12;

    private final ClusterClient cluster;
    private final Backoff backoff;
    private final Runnable wake;
    private final Set<String> names = new HashSet<>();
    private final Set<Uuid> ids = new HashSet<>();
    private boolean all;
    private boolean asked;
    private boolean paused;
    private long notBeforeNs;

    TopicLookup(ClusterClient cluster, Backoff backoff, Runnable wake) {
        this.cluster = cluster;
        this.backoff = backoff;
        this.wake = wake;
    }

    void want(Set<String> moreNames, Set<Uuid> moreIds) {
        names.addAll(moreNames);
        ids.addAll(moreIds);
        wake.run();
    }

    void wantAll() {
        all = true;
        wake.run();
    }

    long nextNs() {
        boolean wants = all || !names.isEmpty() || !ids.isEmpty();
        return wants && !asked && paused ? notBeforeNs : Long.MAX_VALUE;
    }

    /**
     * Looks up what is wanted, one request at a time.
     *
     * @param some takes what was found of topics that were wanted by name or id
     * @param everything takes all topics
     */
    void poll(
            BrokerLink link,
            long nowNs,
            Consumer<Collection<KnownTopic>> some,
            Consumer<Collection<KnownTopic>> everything) {
        if (asked || (paused && nowNs - notBeforeNs < 0)) {
            return;
        }
        if (all) {
            all = false;
            ask(link, new MetadataRequestData().setTopics(null), false, everything, this::wantAll);
        } else if (!names.isEmpty()) {
            Set<String> wanted = Set.copyOf(names);
            names.clear();
            byName(link, wanted, some);
        } else if (!ids.isEmpty()) {
            Set<Uuid> wanted = Set.copyOf(ids);
            ids.clear();
            byId(link, wanted, some);
        }
    }

    private void byName(BrokerLink link, Set<String> wanted, Consumer<Collection<KnownTopic>> some) {
        Map<String, KnownTopic> known = new LinkedHashMap<>();
        MetadataRequestData request = new MetadataRequestData();
        for (String name : wanted) {
            cluster.routing().topic(name).ifPresentOrElse(route -> known.put(name, known(route)), () -> request.topics()
                    .add(new MetadataRequestTopic().setName(name)));
        }
        complete(link, request, known.values(), some, () -> want(wanted, Set.of()));
    }

    private void byId(BrokerLink link, Set<Uuid> wanted, Consumer<Collection<KnownTopic>> some) {
        Map<Uuid, KnownTopic> known = new LinkedHashMap<>();
        for (String name : cluster.routing().topics()) {
            cluster.routing()
                    .topic(name)
                    .filter(route -> wanted.contains(route.id()))
                    .ifPresent(route -> known.put(route.id(), known(route)));
        }
        MetadataRequestData request = new MetadataRequestData();
        wanted.stream().filter(id -> !known.containsKey(id)).forEach(id -> request.topics()
                .add(new MetadataRequestTopic().setName(null).setTopicId(id)));
        complete(link, request, known.values(), some, () -> want(Set.of(), wanted));
    }

    /** A topic of the routing table. */
    static KnownTopic known(TopicRoute route) {
        return new KnownTopic(route.name(), route.id(), route.partitionCount());
    }

    /** Asks for what is not known, if there is something. */
    private void complete(
            BrokerLink link,
            MetadataRequestData request,
            Collection<KnownTopic> known,
            Consumer<Collection<KnownTopic>> some,
            Runnable again) {
        if (request.topics().isEmpty()) {
            some.accept(known);
            return;
        }
        Consumer<Collection<KnownTopic>> rest = found -> {
            List<KnownTopic> together = new ArrayList<>(known);
            together.addAll(found);
            some.accept(together);
        };
        ask(link, request, true, rest, again);
    }

    /** @param each whether a topic of which the broker cannot tell now makes the whole answer one to ask for again */
    private void ask(
            BrokerLink link,
            MetadataRequestData request,
            boolean each,
            Consumer<Collection<KnownTopic>> taker,
            Runnable again) {
        asked = true;
        short version = link.versions().version(ApiKeys.METADATA, METADATA_VERSIONS);
        request.setAllowAutoTopicCreation(false);
        link.send(ApiKeys.METADATA.id, version, request, cluster.config().requestTimeout())
                .whenComplete((answer, failure) -> {
                    asked = false;
                    if (failure != null || (each && passing((MetadataResponseData) answer))) {
                        paused = true;
                        notBeforeNs = System.nanoTime() + backoff.nextNs();
                        again.run();
                    } else {
                        paused = false;
                        backoff.reset();
                        taker.accept(topics((MetadataResponseData) answer));
                    }
                    wake.run();
                });
    }

    private static boolean passing(MetadataResponseData answer) {
        return answer.topics().stream()
                .map(topic -> Errors.forCode(topic.errorCode()))
                .filter(error -> error != Errors.UNKNOWN_TOPIC_OR_PARTITION && error != Errors.UNKNOWN_TOPIC_ID)
                .anyMatch(error -> error.exception() instanceof RetriableException);
    }

    private static List<KnownTopic> topics(MetadataResponseData answer) {
        return answer.topics().stream()
                .filter(topic -> topic.errorCode() == Errors.NONE.code() && !topic.isInternal())
                .map(topic -> new KnownTopic(
                        topic.name(), topic.topicId(), topic.partitions().size()))
                .toList();
    }
}
