package io.braid.broker.cli;

import io.braid.image.BrokerImage;
import io.braid.image.ShardImage;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** Brokers for printing. */
final class BrokerLines {
    private final ShardView view;

    BrokerLines(ShardView view) {
        this.view = view;
    }

    Map<String, Object> of(BrokerImage broker) {
        int id = broker.id();
        List<ShardImage> held = view.image().shards().stream()
                .filter(shard -> shard.replicas().contains(id))
                .toList();
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("broker", id);
        line.put("state", broker.fenced() ? "fenced" : "running");
        line.put("cordoned", broker.cordoned());
        line.put("rack", broker.rack().orElse("-"));
        line.put("shards", held.size());
        line.put("leads", count(held, shard -> shard.leader() == id));
        line.put("not-in-sync", count(held, shard -> !shard.isr().contains(id)));
        line.put("moving", count(held, ShardImage::moving));
        line.put("bytes", held.stream().mapToLong(view::bytes).sum());
        return line;
    }

    private static long count(List<ShardImage> shards, Predicate<ShardImage> which) {
        return shards.stream().filter(which).count();
    }
}
