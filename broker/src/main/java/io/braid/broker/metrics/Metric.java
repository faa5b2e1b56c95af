package io.braid.broker.metrics;

import java.util.List;

/** Every meter that a node registers itself: the source of docs/metrics.md. The JVM's are in {@link JvmMetric}. */
enum Metric {
    REQUEST_SECONDS(
            "braid.request",
            Kind.TIMER,
            "s",
            "From the complete frame to the write of the answer, the wait for earlier answers of the connection included.",
            "api"),
    REQUEST_HANDLER_SECONDS(
            "braid.request.handler.seconds",
            Kind.COUNTER,
            "s",
            "From the complete frame to the handler's answer, summed; divide by the number of requests.",
            "api"),
    REQUEST_BYTES("braid.request.bytes", Kind.COUNTER, "bytes", "Frames received.", "api"),
    RESPONSE_BYTES("braid.response.bytes", Kind.COUNTER, "bytes", "Answers written.", "api"),
    REQUEST_ERRORS(
            "braid.request.errors",
            Kind.COUNTER,
            "errors",
            "Answers, or parts of one, with an error code.",
            "api",
            "error"),

    CONNECTIONS("braid.connections", Kind.GAUGE, "connections", "Open connections.", "listener"),
    CONNECTIONS_OPENED("braid.connections.opened", Kind.COUNTER, "connections", "Connections accepted.", "listener"),
    CONNECTIONS_REFUSED(
            "braid.connections.refused", Kind.COUNTER, "connections", "Closed at once: max.connections.", "listener"),
    PROTOCOL_VIOLATIONS(
            "braid.connections.violations",
            Kind.COUNTER,
            "connections",
            "Closed because of what the peer sent.",
            "listener"),
    READING_PAUSED(
            "braid.connections.paused",
            Kind.COUNTER,
            "pauses",
            "Times that a connection was not read because of a cap.",
            "listener"),
    REQUEST_BYTES_HELD(
            "braid.request.held.bytes", Kind.GAUGE, "bytes", "Requests in memory: see queued.max.request.bytes."),

    APPEND_ENTRIES("braid.log.append.entries", Kind.COUNTER, "entries", "Entries appended to the shards' logs."),
    APPEND_BYTES("braid.log.append.bytes", Kind.COUNTER, "bytes", "Bytes appended to the shards' logs."),
    APPEND_RECORDS("braid.log.append.records", Kind.COUNTER, "records", "Records appended, as the batches say."),
    READ_BYTES("braid.log.read.bytes", Kind.COUNTER, "bytes", "Record batches served to fetches."),
    READ_COLD(
            "braid.log.read.cold",
            Kind.COUNTER,
            "reads",
            "Reads handed to reader threads as they may wait for the disk."),
    FSYNC_SECONDS("braid.log.fsync", Kind.TIMER, "s", "Forces of a shard's log."),
    FSYNC_BYTES("braid.log.fsync.bytes", Kind.COUNTER, "bytes", "Bytes that forces made durable."),
    SEGMENTS_SEALED("braid.log.segments.sealed", Kind.COUNTER, "segments", "Segments sealed."),
    SEGMENTS_DELETED("braid.log.segments.deleted", Kind.COUNTER, "segments", "Segments deleted."),
    SEGMENT_BYTES_DELETED("braid.log.deleted.bytes", Kind.COUNTER, "bytes", "Bytes of deleted segments."),
    REWRITES("braid.log.rewrites", Kind.COUNTER, "rewrites", "Segments written anew in the place of others."),
    REWRITTEN_SEGMENTS("braid.log.rewrite.segments", Kind.COUNTER, "segments", "Segments whose place they took."),
    REWRITE_BYTES(
            "braid.log.rewrite.bytes",
            Kind.COUNTER,
            "bytes",
            "Bytes written by rewriting; divided by those appended, what cleaning costs."),
    REWRITE_FREED_BYTES(
            "braid.log.rewrite.freed.bytes",
            Kind.COUNTER,
            "bytes",
            "Bytes of the old segments beyond those of the new ones."),
    DEAD_BYTES(
            "braid.log.dead.bytes",
            Kind.GAUGE,
            "bytes",
            "Bytes of deleted batches that sealed segments still hold, as of the last look at each log."),
    RECOVERY_BYTES("braid.log.recovered.bytes", Kind.COUNTER, "bytes", "Log replayed after checkpoints at start."),
    TAIL_LOST("braid.log.lost.bytes", Kind.COUNTER, "bytes", "Unsynced tail that a power loss took."),
    LOG_DAMAGE("braid.log.damages", Kind.COUNTER, "ranges", "Damaged ranges of synced entries."),
    DIRECTORIES_READ_ONLY(
            "braid.log.directories.readonly", Kind.GAUGE, "directories", "Log directories short of space or failed."),
    CLEANER_PASS_SECONDS("braid.cleaner.pass", Kind.TIMER, "s", "Passes that compacted partitions of a shard."),
    CLEANER_FAILURES("braid.cleaner.failures", Kind.COUNTER, "passes", "Passes that failed; they are tried again."),
    CLEANER_PARTITIONS("braid.cleaner.partitions", Kind.COUNTER, "partitions", "Partitions compacted."),
    CLEANER_BYTES_READ(
            "braid.cleaner.read.bytes", Kind.COUNTER, "bytes", "Read by passes; uncompacted parts count twice."),
    CLEANER_BYTES_WRITTEN("braid.cleaner.written.bytes", Kind.COUNTER, "bytes", "Written by passes."),
    CLEANER_RECORDS_READ("braid.cleaner.read.records", Kind.COUNTER, "records", "Records that passes looked at."),
    CLEANER_RECORDS_KEPT("braid.cleaner.kept.records", Kind.COUNTER, "records", "Records of those that survived."),
    CLEANER_MAX_DIRTY(
            "braid.cleaner.max.dirty.percent",
            Kind.GAUGE,
            "percent",
            "Greatest uncompacted share of a partition in the last round, before the pass, of those looked at."),
    CLEANER_IDLE("braid.cleaner.idle.seconds", Kind.GAUGE, "s", "Since the cleaner's last round through the shards."),
    LOG_BYTES("braid.log.size.bytes", Kind.GAUGE, "bytes", "Bytes of the shards' logs on disk."),

    SHARDS("braid.shards", Kind.GAUGE, "shards", "Shards open on this node."),
    PARTITIONS("braid.partitions", Kind.GAUGE, "partitions", "Partitions with data on this node."),
    PARTITION_HEAP(
            "braid.partition.heap.bytes",
            Kind.GAUGE,
            "bytes",
            "Heap of the partition, producer and index tables, divided by the partitions with data."),
    SHARD_QUEUE("braid.shard.thread.queue", Kind.GAUGE, "messages", "Messages that wait for a shard thread.", "thread"),
    EVENT_LOOP_QUEUE("braid.eventloop.queue", Kind.GAUGE, "tasks", "Tasks that wait for an event loop.", "thread"),
    READER_QUEUE("braid.reader.queue", Kind.GAUGE, "reads", "Reads that wait for a reader thread."),
    PURGATORY("braid.purgatory", Kind.GAUGE, "requests", "Requests that wait: produce, fetch, metadata.", "kind"),
    FETCH_SESSIONS("braid.fetch.sessions", Kind.GAUGE, "sessions", "Incremental fetch sessions."),
    FETCH_BYTES_HELD(
            "braid.fetch.held.bytes", Kind.GAUGE, "bytes", "Records read and not yet sent: fetch.inflight.max.bytes."),

    GROUPS("braid.groups", Kind.GAUGE, "groups", "Groups that this broker coordinates, every 10 s.", "type", "state"),
    GROUP_REBALANCES("braid.groups.rebalances", Kind.COUNTER, "rebalances", "New generations and target assignments."),
    GROUP_COMMIT_SECONDS(
            "braid.groups.commit", Kind.TIMER, "s", "OffsetCommit requests, from the handler to the committed answer."),
    GROUP_OFFSETS("braid.groups.commit.offsets", Kind.COUNTER, "offsets", "Partitions in OffsetCommit requests."),
    GROUP_LOAD_SECONDS(
            "braid.groups.load",
            Kind.TIMER,
            "s",
            "Loads of a partition of __consumer_offsets, after it came to be led."),
    GROUP_LAG(
            "braid.groups.lag",
            Kind.GAUGE,
            "records",
            "From the committed offsets to the high watermarks, summed over the topic's partitions that this broker leads,"
                    + " for groups that it coordinates; every 10 s, for at most 1,000 pairs of group and topic.",
            "group",
            "topic"),

    METADATA_VERSION("braid.metadata.version", Kind.GAUGE, "index", "Raft index of the metadata image in use."),
    TOPICS("braid.topics", Kind.GAUGE, "topics", "Topics of the cluster."),
    QUORUM_LEADER("braid.quorum.leader", Kind.GAUGE, "node id", "The leading controller; -1 when there is none."),
    QUORUM_TERM("braid.quorum.term", Kind.GAUGE, "term", "Raft term of this controller."),
    QUORUM_COMMIT_INDEX("braid.quorum.commit.index", Kind.GAUGE, "index", "Last committed entry of this controller."),
    COMMAND_SECONDS("braid.quorum.command", Kind.TIMER, "s", "Metadata commands, from submit to applied."),
    COMMAND_FAILURES("braid.quorum.command.failures", Kind.COUNTER, "commands", "Commands not known to be applied."),
    RATIS(
            "braid.ratis",
            Kind.GAUGE,
            "",
            "What Ratis measures itself: its component and metric, value or number of events.",
            "component",
            "metric");

    /** How a meter is read, and how Prometheus names it. */
    enum Kind {
        COUNTER,
        GAUGE,
        TIMER
    }

    private final String meter;
    private final Kind kind;
    private final String unit;
    private final String doc;

    @SuppressWarnings("ImmutableEnumChecker") // made by List.of
    private final List<String> tags;

    Metric(String meter, Kind kind, String unit, String doc, String... tags) {
        this.meter = meter;
        this.kind = kind;
        this.unit = unit;
        this.doc = doc;
        this.tags = List.of(tags);
    }

    /** Micrometer's name. */
    String meter() {
        return meter;
    }

    Kind kind() {
        return kind;
    }

    String unit() {
        return unit;
    }

    String doc() {
        return doc;
    }

    List<String> tags() {
        return tags;
    }
}
