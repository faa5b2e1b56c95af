package io.braid.broker.operate;

import io.braid.image.BrokerImage;
import io.braid.image.ClusterImage;
import io.braid.image.ShardImage;
import io.braid.image.TopicImage;
import io.braid.quorum.QuorumInfo;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToIntFunction;

/** Whether a broker may be stopped without anybody noticing. Pure. */
public final class RestartCheck {
    /** A voter that was heard of within this time is taken to run. */
    private static final long RUNNING_MS = 2_000;
    /** Shards named in a reason. */
    private static final int NAMED = 10;

    /**
     * Why not.
     *
     * @param kind not-running, under-min-insync, not-in-sync, moving, quorum
     * @param message one line
     */
    public record Reason(String kind, String message) {}

    private final ClusterImage image;
    private final int brokerId;
    private final List<Reason> reasons = new ArrayList<>();

    private RestartCheck(ClusterImage image, int brokerId) {
        this.image = image;
        this.brokerId = brokerId;
    }

    /**
     * Why the broker may not be stopped now; empty if it may.
     *
     * @param minInSync min.insync.replicas of a topic
     * @param quorum empty when no controller answers
     */
    public static List<Reason> reasons(
            ClusterImage image, int brokerId, ToIntFunction<TopicImage> minInSync, Optional<QuorumInfo> quorum) {
        RestartCheck check = new RestartCheck(image, brokerId);
        check.broker();
        check.shards(check.minInSyncOfPools(minInSync));
        check.quorum(quorum);
        return List.copyOf(check.reasons);
    }

    private void broker() {
        Optional<BrokerImage> broker = image.broker(brokerId);
        if (broker.isEmpty()) {
            reasons.add(new Reason("not-running", "broker " + brokerId + " is not registered"));
        } else if (broker.get().fenced()) {
            reasons.add(new Reason("not-running", "broker " + brokerId + " is fenced: it does not run, or recovers"));
        }
    }

    /** The greatest of the topics in each pool. */
    private Map<Integer, Integer> minInSyncOfPools(ToIntFunction<TopicImage> minInSync) {
        Map<Integer, Integer> greatest = new HashMap<>();
        image.forEachTopic(topic -> {
            int min = minInSync.applyAsInt(topic);
            topic.placements().forEach(placement -> greatest.merge(placement.poolId(), min, Math::max));
        });
        return greatest;
    }

    private void shards(Map<Integer, Integer> minInSync) {
        List<ShardImage> under = new ArrayList<>();
        List<ShardImage> incomplete = new ArrayList<>();
        List<ShardImage> moving = new ArrayList<>();
        for (ShardImage shard : image.shards()) {
            // A pool of deleted topics has nothing to lose.
            Integer wanted = minInSync.get(shard.poolId());
            if (!shard.replicas().contains(brokerId) || wanted == null) {
                continue;
            }
            long left = shard.isr().stream()
                    .filter(id -> id != brokerId && runs(id))
                    .count();
            if (shard.isr().contains(brokerId) && left < Math.max(1, wanted)) {
                under.add(shard);
            }
            if (!shard.isr().containsAll(shard.settledReplicas())) {
                incomplete.add(shard);
            }
            if (shard.moving()) {
                moving.add(shard);
            }
        }
        add(
                "under-min-insync",
                "would have too few in-sync replicas for their topics without broker " + brokerId,
                under);
        add("not-in-sync", "of broker " + brokerId + " have replicas that are not in sync", incomplete);
        add("moving", "of broker " + brokerId + " are being moved", moving);
    }

    private boolean runs(int id) {
        return image.broker(id).map(broker -> !broker.fenced()).orElse(false);
    }

    private void add(String kind, String message, List<ShardImage> shards) {
        if (!shards.isEmpty()) {
            String names = String.join(
                    ", ",
                    shards.stream()
                            .limit(NAMED)
                            .map(shard -> Integer.toString(shard.id()))
                            .toList());
            String more = shards.size() > NAMED ? ", ..." : "";
            reasons.add(new Reason(kind, shards.size() + " shards " + message + ": " + names + more));
        }
    }

    private void quorum(Optional<QuorumInfo> quorum) {
        if (quorum.isEmpty() || quorum.get().leaderId() < 0) {
            reasons.add(new Reason("quorum", "no controller leads"));
            return;
        }
        List<QuorumInfo.VoterInfo> voters = quorum.get().voters();
        if (voters.stream().noneMatch(voter -> voter.nodeId() == brokerId)) {
            return;
        }
        long left = voters.stream()
                .filter(voter -> voter.nodeId() != brokerId && answers(voter, quorum.get()))
                .count();
        if (left <= voters.size() / 2) {
            reasons.add(new Reason(
                    "quorum",
                    "the quorum would have " + left + " of " + voters.size() + " controllers without node "
                            + brokerId));
        }
    }

    private static boolean answers(QuorumInfo.VoterInfo voter, QuorumInfo quorum) {
        return voter.nodeId() == quorum.leaderId() || (voter.silentMs() >= 0 && voter.silentMs() < RUNNING_MS);
    }
}
