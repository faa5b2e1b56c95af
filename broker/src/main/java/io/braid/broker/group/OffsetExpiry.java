package io.braid.broker.group;

import java.util.ArrayList;
import java.util.List;

/**
 * Removes offsets past their retention, and offsets of deleted topics; then the group itself when nothing is left of it
 * (KIP-211). Looks at a few groups at a time, all of them once in an interval. Owned by the core's thread.
 */
final class OffsetExpiry {
    private static final int GROUPS_A_POLL = 200;

    private final GroupConfig config;
    private final List<String> left = new ArrayList<>();
    private long nextRoundMs = Group.NEVER;
    private long polledMs;

    OffsetExpiry(GroupConfig config) {
        this.config = config;
    }

    void start(long nowMs) {
        nextRoundMs = nowMs + config.offsetsCheckIntervalMs();
    }

    long nextMs() {
        return left.isEmpty() ? nextRoundMs : polledMs;
    }

    void poll(Turn turn) {
        polledMs = turn.nowMs();
        if (turn.nowMs() >= nextRoundMs) {
            nextRoundMs = turn.nowMs() + config.offsetsCheckIntervalMs();
            left.clear();
            left.addAll(turn.state().groupIds());
        }
        for (int i = 0; i < GROUPS_A_POLL && !left.isEmpty(); i++) {
            expire(turn, left.remove(left.size() - 1));
        }
    }

    private void expire(Turn turn, String groupId) {
        GroupOffsets offsets = turn.state().offsets(groupId);
        Group group = turn.group(groupId).orElse(null);
        if (offsets != null) {
            offsets.forEach((topicId, partition, offset) -> {
                var topic = turn.image().topic(topicId);
                boolean gone = topic.isEmpty();
                boolean kept = group != null
                        && topic.isPresent()
                        && group.isSubscribedTo(topicId, topic.get().name());
                if (gone || (!kept && isExpired(group, offset, turn.nowMs()))) {
                    turn.write(new OffsetRemoved(groupId, topicId, partition));
                }
            });
        }
        boolean nothingLeft = turn.state().offsets(groupId) == null;
        if (group != null && group.isEmpty() && nothingLeft && !group.isWaiting()) {
            group.remove(turn);
        }
    }

    private boolean isExpired(Group group, CommittedOffset offset, long nowMs) {
        if (offset.expireMs() != CommittedOffset.NO_EXPIRY) {
            return (group == null || group.isEmpty()) && nowMs >= offset.expireMs();
        }
        long since = offset.commitMs();
        if (group != null && group.isEmpty()) {
            since = Math.max(since, group.emptySinceMs());
        }
        boolean mayExpire =
                group == null || group.isEmpty() || group.protocolType().equals("consumer");
        return mayExpire && nowMs - since >= config.offsetsRetentionMs();
    }
}
