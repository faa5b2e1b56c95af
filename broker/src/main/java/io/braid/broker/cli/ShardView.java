package io.braid.broker.cli;

import io.braid.broker.operate.DescribeShardsResponse;
import io.braid.broker.shard.ShardStatus;
import io.braid.controller.balance.ShardLoad;
import io.braid.image.ClusterImage;
import io.braid.image.ShardImage;
import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The cluster's shards at two moments, and what follows from the difference. Immutable. */
final class ShardView {
    private static final double NS = 1e9;

    private final DescribeShardsResponse cluster;
    private final Map<Integer, Map<Integer, ShardStatus>> before;
    private final Map<Integer, Map<Integer, ShardStatus>> now;
    private final double seconds;

    private ShardView(
            DescribeShardsResponse cluster,
            Map<Integer, Map<Integer, ShardStatus>> before,
            Map<Integer, Map<Integer, ShardStatus>> now,
            double seconds) {
        this.cluster = cluster;
        this.before = before;
        this.now = now;
        this.seconds = seconds;
    }

    /** @param sampleMs between the two looks; 0 for one look, which shows no rates */
    static ShardView take(OperatorClient client, long sampleMs) throws IOException, InterruptedException {
        DescribeShardsResponse cluster = client.describe("");
        Map<Integer, Map<Integer, ShardStatus>> before = client.stats(cluster);
        if (sampleMs == 0) {
            return new ShardView(cluster, before, before, 0);
        }
        long startedNs = System.nanoTime();
        TimeUnit.MILLISECONDS.sleep(sampleMs);
        DescribeShardsResponse later = client.describe("");
        return new ShardView(later, before, client.stats(later), (System.nanoTime() - startedNs) / NS);
    }

    ClusterImage image() {
        return cluster.image();
    }

    /** What a broker holds of a shard, if it said so. */
    private static Optional<ShardStatus> of(Map<Integer, Map<Integer, ShardStatus>> at, int broker, int shard) {
        return Optional.ofNullable(at.getOrDefault(broker, Map.of()).get(shard));
    }

    /** Bytes of a shard's log where it is largest. */
    long bytes(ShardImage shard) {
        return shard.replicas().stream()
                .flatMap(id -> of(now, id, shard.id()).stream())
                .mapToLong(ShardStatus::bytes)
                .max()
                .orElse(0);
    }

    /** Bytes a second that its leader appended between the looks. */
    double rate(ShardImage shard) {
        Optional<ShardStatus> then = of(before, shard.leader(), shard.id());
        Optional<ShardStatus> last = of(now, shard.leader(), shard.id());
        return seconds == 0 || then.isEmpty() || last.isEmpty()
                ? 0
                : Math.max(0, last.get().appendedBytes() - then.get().appendedBytes()) / seconds;
    }

    /** For plans. */
    Map<Integer, ShardLoad> loads() {
        Map<Integer, ShardLoad> loads = new HashMap<>();
        image().shards().forEach(shard -> loads.put(shard.id(), new ShardLoad(bytes(shard), rate(shard))));
        return loads;
    }

    /** One shard for printing. */
    Map<String, Object> line(ShardImage shard) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("shard", shard.id());
        line.put("pool", shard.poolId());
        line.put("leader", shard.leader());
        line.put("epoch", shard.leaderEpoch());
        line.put("replicas", shard.replicas());
        line.put("isr", shard.isr());
        line.put("bytes", bytes(shard));
        if (seconds > 0) {
            line.put("bytes-per-second", Math.round(rate(shard)));
        }
        if (shard.moving()) {
            line.put("adding", shard.adding());
            line.put("removing", shard.removing());
            progress(shard, line);
        }
        return line;
    }

    /** Entries that the added replica furthest behind has of those that the leader has, and when it will have them all. */
    private void progress(ShardImage shard, Map<String, Object> line) {
        Optional<ShardStatus> leader = of(now, shard.leader(), shard.id());
        if (leader.isEmpty() || shard.adding().isEmpty()) {
            return;
        }
        long end = Math.max(1, leader.get().nextLsn());
        long has = Long.MAX_VALUE;
        double entriesPerSecond = 0;
        for (int id : shard.adding()) {
            long lsn = of(now, id, shard.id()).map(ShardStatus::nextLsn).orElse(0L);
            if (lsn < has) {
                has = lsn;
                long then = of(before, id, shard.id()).map(ShardStatus::nextLsn).orElse(0L);
                entriesPerSecond = seconds == 0 ? 0 : (lsn - then) / seconds;
            }
        }
        line.put("copied-percent", Math.min(100, 100 * has / end));
        if (seconds > 0) {
            line.put("seconds-left", entriesPerSecond > 0 ? Math.round((end - has) / entriesPerSecond) : -1);
        }
    }

    /** Shards by what the command line names: all of them, or those with the ids. */
    List<ShardImage> shards(List<Integer> ids) {
        return ids.isEmpty()
                ? image().shards()
                : ids.stream()
                        .map(id -> image().shard(id).orElseThrow(() -> CliException.failed("there is no shard " + id)))
                        .toList();
    }
}
