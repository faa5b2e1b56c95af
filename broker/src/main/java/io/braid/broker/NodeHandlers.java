package io.braid.broker;

import io.braid.broker.config.NodeConfig;
import io.braid.broker.config.TopicSettingsCache;
import io.braid.broker.fetch.FetchHandler;
import io.braid.broker.fetch.FetchLimits;
import io.braid.broker.group.GroupService;
import io.braid.broker.handler.AdminHandlers;
import io.braid.broker.handler.HandlerTable;
import io.braid.broker.handler.WatchHandler;
import io.braid.broker.metrics.NodeMetrics;
import io.braid.broker.offset.DeleteRecordsHandler;
import io.braid.broker.offset.ListOffsetsHandler;
import io.braid.broker.offset.OffsetForLeaderEpochHandler;
import io.braid.broker.offset.PartitionLookup;
import io.braid.broker.operate.OperatorHandlers;
import io.braid.broker.produce.ConfiguredTopicRules;
import io.braid.broker.produce.Handover;
import io.braid.broker.produce.ProduceHandler;
import io.braid.broker.security.Authorizer;
import io.braid.broker.shard.LogDirectories;
import io.braid.broker.shard.Shards;
import io.braid.controller.PoolPolicy;
import io.braid.protocol.watch.MetadataWatchRequest;
import io.braid.protocol.watch.MetadataWatchResponse;
import io.braid.protocol.watch.WatchApi;
import io.braid.quorum.QuorumInfo;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.protocol.ApiKeys;

/** Makes the handlers of all requests and the thread pools they share. Thread-safe once made. */
final class NodeHandlers implements AutoCloseable {
    private static final int LONGEST_FETCH_WAIT_MS = 5 * 60_000;

    /** Asks a controller what it knows of the quorum. */
    @FunctionalInterface
    interface Quorum {
        CompletableFuture<QuorumInfo> info();
    }

    private final ThreadPoolExecutor readers;
    private final ThreadPoolExecutor checkers;
    private final ThreadPoolExecutor background;
    private final FetchHandler fetch;
    private final ProduceHandler produce;
    private final Handover handover;
    private final GroupService groups;
    private final WatchHandler watch;
    private final HandlerTable table;

    NodeHandlers(
            NodeConfig config,
            SessionMetadata metadata,
            Shards shards,
            LogDirectories logs,
            TopicSettingsCache topicSettings,
            NodeMetrics metrics,
            Quorum quorum) {
        readers = pool("braid-reader", config.requests().readerThreads());
        checkers = pool("braid-check", Math.max(2, Runtime.getRuntime().availableProcessors()));
        background = pool("braid-admin", 2);
        Authorizer authorizer = Authorizer.ALLOW_ALL;
        PartitionLookup lookup = new PartitionLookup(shards, metadata, authorizer, readers);
        fetch = new FetchHandler(
                config.node().nodeId(),
                config.requests().rackAwareFetch(),
                shards,
                metadata,
                readers,
                new FetchLimits(
                        config.requests().fetchMaxBytes(),
                        config.requests().maxFetchSessions(),
                        LONGEST_FETCH_WAIT_MS,
                        config.requests().fetchInflightMaxBytes()),
                metrics.traffic(),
                authorizer);
        handover = new Handover(config.node().nodeId(), System::nanoTime);
        produce = new ProduceHandler(
                shards,
                metadata::image,
                new ConfiguredTopicRules(topicSettings),
                authorizer,
                checkers,
                System::currentTimeMillis,
                metrics.traffic(),
                handover);
        groups = new GroupService(new GroupService.Node(
                config.node().nodeId(),
                config.values(),
                new PoolPolicy(config.quorum().shardsPerPool(), PoolPolicy.DEFAULT.minBrokers()),
                metadata,
                shards,
                topic -> topicSettings.of(metadata.image(), topic).minInsyncReplicas(),
                readers,
                background,
                metrics.groups()));
        HandlerTable.Builder builder = HandlerTable.builder();
        new AdminHandlers(
                        config,
                        metadata,
                        shards::acceptsWrites,
                        authorizer,
                        new ShardLogDirs(logs, shards),
                        quorum::info,
                        background)
                .addTo(builder);
        builder.kafka(ApiKeys.PRODUCE, produce)
                .kafka(ApiKeys.FETCH, fetch)
                .kafka(ApiKeys.LIST_OFFSETS, new ListOffsetsHandler(lookup))
                .kafka(ApiKeys.OFFSET_FOR_LEADER_EPOCH, new OffsetForLeaderEpochHandler(lookup))
                .kafka(ApiKeys.DELETE_RECORDS, new DeleteRecordsHandler(lookup));
        groups.addTo(builder, authorizer);
        new OperatorHandlers(
                        config.node().nodeId(),
                        metadata,
                        authorizer,
                        shards::statuses,
                        (image, topic) -> topicSettings.of(image, topic).minInsyncReplicas(),
                        quorum::info,
                        background)
                .addTo(builder);
        watch = new WatchHandler(metadata, authorizer, background);
        builder.vendor(
                WatchApi.KEY,
                WatchApi.VERSION,
                WatchApi.VERSION,
                MetadataWatchRequest::new,
                MetadataWatchResponse::new,
                WatchApi.NAME,
                watch);
        table = builder.build();
    }

    HandlerTable table() {
        return table;
    }

    /** To be told of images before the shards are. */
    Handover handover() {
        return handover;
    }

    GroupService groups() {
        return groups;
    }

    int waitingWatches() {
        return watch.waiting();
    }

    /** Nothing waits any more for the metadata to change: the node stops. */
    void stopWatches() {
        watch.stop();
    }

    int waitingFetches() {
        return fetch.waiting();
    }

    int waitingProduces() {
        return produce.waiting();
    }

    int fetchSessions() {
        return fetch.sessions();
    }

    long fetchBytesHeld() {
        return fetch.heldBytes();
    }

    int readerQueue() {
        return readers.getQueue().size();
    }

    @Override
    public void close() {
        readers.shutdown();
        checkers.shutdown();
        background.shutdown();
    }

    /** A fixed pool; its queue is bounded by the requests that connections may have in flight. */
    private static ThreadPoolExecutor pool(String name, int threads) {
        AtomicInteger count = new AtomicInteger();
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                threads, threads, 30, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), runnable -> {
                    Thread thread = new Thread(runnable, name + "-" + count.getAndIncrement());
                    thread.setDaemon(true);
                    return thread;
                });
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }
}
