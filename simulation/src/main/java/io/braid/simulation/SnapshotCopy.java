package io.braid.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * A follower below its leader's rewrite horizon copies a snapshot, file by file: what it has stays on its disk over a restart,
 * and nothing of it is used before all of it is there.
 */
final class SnapshotCopy {
    private static final int ENTRIES_A_FILE = 12;
    private static final long TIMEOUT_MS = 1_000;
    private static final long BACKOFF_MS = 150;

    /**
     * What a leader offers: its committed entries, cut into files.
     *
     * @param id of the log as it was
     * @param startLsn of the leader's log
     */
    record Manifest(String id, List<LogEntry> entries, long startLsn) {
        int files() {
            return entries.size() / ENTRIES_A_FILE + 1;
        }

        List<LogEntry> file(int i) {
            int from = i * ENTRIES_A_FILE;
            return entries.subList(from, Math.min(entries.size(), from + ENTRIES_A_FILE));
        }
    }

    /** The files that have been copied; on the follower's disk. */
    static final class Partial {
        private final String id;
        private final List<List<LogEntry>> files = new ArrayList<>();

        Partial(String id) {
            this.id = id;
        }

        int files() {
            return files.size();
        }
    }

    private final Cluster cluster;
    private final SimBroker broker;
    private final int shardId;
    private final int leader;
    private final Consumer<ShardDisk> onDone;
    private final Runnable onFailed;

    /** @param onFailed the leader is not one any more, or cannot be reached */
    SnapshotCopy(
            Cluster cluster, SimBroker broker, int shardId, int leader, Consumer<ShardDisk> onDone, Runnable onFailed) {
        this.cluster = cluster;
        this.broker = broker;
        this.shardId = shardId;
        this.leader = leader;
        this.onDone = onDone;
        this.onFailed = onFailed;
    }

    void start() {
        cluster.network.<SimBroker, Manifest>call(
                broker,
                leader,
                () -> cluster.broker(leader),
                (target, answer) -> target.snapshot(shardId, answer),
                TIMEOUT_MS,
                manifest -> {
                    Machine host = cluster.machine(broker.id());
                    Partial partial = host.partialCopy(shardId);
                    if (partial == null || !partial.id.equals(manifest.id())) {
                        partial = new Partial(manifest.id());
                        host.partialCopy(shardId, partial);
                    } else {
                        cluster.tally.count("snapshot copies resumed");
                    }
                    next(manifest, partial);
                },
                onFailed);
    }

    private void next(Manifest manifest, Partial partial) {
        int file = partial.files.size();
        if (cluster.machine(broker.id()).partialCopy(shardId) != partial) {
            onFailed.run(); // another copy has overtaken this one
            return;
        }
        if (file == manifest.files()) {
            install(manifest, partial);
            return;
        }
        cluster.network.<SimBroker, List<LogEntry>>call(
                broker,
                leader,
                () -> cluster.broker(leader),
                (target, answer) -> answer.accept(manifest.file(file)),
                TIMEOUT_MS,
                entries -> {
                    if (partial.files.size() > file) {
                        next(manifest, partial);
                        return;
                    }
                    partial.files.add(entries);
                    cluster.trace.log("shard %d: broker %d has copied file %d", shardId, broker.id(), file);
                    broker.after(cluster.chance.between(1, BACKOFF_MS), () -> next(manifest, partial));
                },
                onFailed);
    }

    private void install(Manifest manifest, Partial partial) {
        ShardDisk disk = new ShardDisk();
        Tables tables = new Tables();
        for (List<LogEntry> file : partial.files) {
            for (LogEntry entry : file) {
                disk.write(entry);
                tables.apply(entry);
            }
        }
        disk.rewriteBelow(manifest.startLsn());
        disk.checkpoint(new ShardDisk.Checkpoint(disk.live().size(), disk.size(), tables));
        cluster.machine(broker.id()).partialCopy(shardId, null);
        cluster.tally.count("snapshots installed");
        onDone.accept(disk);
    }
}
