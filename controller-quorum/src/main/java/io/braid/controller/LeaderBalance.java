package io.braid.controller;

import io.braid.image.ClusterImage;
import io.braid.image.ShardImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Leadership drifts to the brokers that stayed when another failed; it goes back once the other is in sync again. Pure; the
 * leading controller asks from time to time.
 */
public final class LeaderBalance {
    private LeaderBalance() {}

    /** An election of the preferred leaders that are in sync, run, and do not lead; empty if there are none. */
    public static Optional<Command.ElectLeaders> due(ClusterImage image) {
        Elections elections = Elections.of(image);
        List<Integer> shards = new ArrayList<>();
        for (ShardImage shard : image.shards()) {
            if (elections.unbalanced(shard)) {
                shards.add(shard.id());
            }
        }
        return shards.isEmpty()
                ? Optional.empty()
                : Optional.of(new Command.ElectLeaders(Command.Election.PREFERRED, shards));
    }
}
