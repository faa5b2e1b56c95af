package io.braid.broker.group.consumer;

import java.util.List;

/**
 * Settings of groups of the consumer protocol. A group may override the two first.
 *
 * @param sessionTimeoutMs group.consumer.session.timeout.ms
 * @param heartbeatIntervalMs group.consumer.heartbeat.interval.ms
 * @param maxSize group.consumer.max.size, members of a group
 * @param assignors group.consumer.assignors; the first is the default
 * @param migration group.consumer.migration.policy
 * @param inlineCost an assignment that costs no more, in members, topics and ranges, is made where it is asked for; a
 *     dearer one on another thread
 */
public record ConsumerGroupConfig(
        int sessionTimeoutMs,
        int heartbeatIntervalMs,
        int maxSize,
        List<String> assignors,
        MigrationPolicy migration,
        int inlineCost) {

    public static final ConsumerGroupConfig DEFAULT = new ConsumerGroupConfig(
            45_000,
            5_000,
            Integer.MAX_VALUE,
            List.of(UniformAssignor.NAME, RangeAssignor.NAME),
            MigrationPolicy.BIDIRECTIONAL,
            4_096);

    public ConsumerGroupConfig {
        assignors = List.copyOf(assignors);
        if (assignors.isEmpty()
                || assignors.stream().anyMatch(name -> Assignor.named(name).isEmpty())) {
            throw new IllegalArgumentException("assignors=" + assignors);
        }
    }

    /** Whether groups change their protocol when members of the other come in, or the last of one leaves. */
    public enum MigrationPolicy {
        BIDIRECTIONAL(true, true),
        UPGRADE(true, false),
        DOWNGRADE(false, true),
        DISABLED(false, false);

        private final boolean upgrades;
        private final boolean downgrades;

        MigrationPolicy(boolean upgrades, boolean downgrades) {
            this.upgrades = upgrades;
            this.downgrades = downgrades;
        }

        /** Classic groups become consumer groups when a member of the consumer protocol joins. */
        public boolean upgrades() {
            return upgrades;
        }

        /** Consumer groups become classic groups when the last member of the consumer protocol leaves. */
        public boolean downgrades() {
            return downgrades;
        }
    }
}
