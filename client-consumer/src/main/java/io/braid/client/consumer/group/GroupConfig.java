package io.braid.client.consumer.group;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * How a member takes part in its group. Immutable; the cluster's client brings request time-outs and back-off.
 *
 * @param groupId the group; not empty
 * @param protocol which way to assign
 * @param instanceId makes the member static (KIP-345): its partitions wait for it while it is away, for a session timeout
 * @param rackId where the consumer is, for assignors that look at racks
 * @param serverAssignor consumer protocol: the coordinator's assignor; without, the coordinator's default
 * @param classicAssignors classic protocol: what this member can do, in order of preference; cooperative if all are
 * @param sessionTimeout classic protocol: a member that is silent for longer is dead; brokers have limits (6 s to 30 min). In
 *     the consumer protocol it is a setting of the group
 * @param heartbeatInterval classic protocol: between heartbeats, at most a third of the session timeout. In the consumer
 *     protocol the coordinator says it
 * @param maxPollInterval how long the application may take between two signs of life ({@link GroupMember#alive}), or for
 *     giving up partitions, before the member leaves the group or is thrown out
 * @param instanceWait how long a static member waits for another of its name to be gone
 * @param operationTimeout for a commit, a fetch of committed offsets and a leave, attempts included
 * @param leaveOnClose whether {@link GroupMember#leave} ends a dynamic membership at once (a static one always waits for its
 *     return); without, the group notices by the session timeout
 */
public record GroupConfig(
        String groupId,
        GroupProtocol protocol,
        Optional<String> instanceId,
        Optional<String> rackId,
        Optional<String> serverAssignor,
        List<ClassicAssignor> classicAssignors,
        Duration sessionTimeout,
        Duration heartbeatInterval,
        Duration maxPollInterval,
        Duration instanceWait,
        Duration operationTimeout,
        boolean leaveOnClose) {
    private static final long MAX_MS = Integer.MAX_VALUE;

    public GroupConfig {
        if (groupId.isEmpty()) {
            throw new IllegalArgumentException("groupId must not be empty");
        }
        Objects.requireNonNull(protocol, "protocol");
        if (instanceId.isPresent() && instanceId.get().isEmpty()) {
            throw new IllegalArgumentException("instanceId must not be empty");
        }
        Objects.requireNonNull(rackId, "rackId");
        Objects.requireNonNull(serverAssignor, "serverAssignor");
        classicAssignors = List.copyOf(classicAssignors);
        if (classicAssignors.isEmpty() || classicAssignors.stream().distinct().count() < classicAssignors.size()) {
            throw new IllegalArgumentException("classicAssignors must name each assignor once: " + classicAssignors);
        }
        range("sessionTimeout", sessionTimeout, 1);
        range("heartbeatInterval", heartbeatInterval, 1);
        if (heartbeatInterval.multipliedBy(3).compareTo(sessionTimeout) > 0) {
            throw new IllegalArgumentException("heartbeatInterval must be at most a third of sessionTimeout: "
                    + heartbeatInterval + " of " + sessionTimeout);
        }
        range("maxPollInterval", maxPollInterval, 1);
        range("instanceWait", instanceWait, 0);
        range("operationTimeout", operationTimeout, 1);
    }

    private static void range(String name, Duration value, long minMs) {
        if (value.toMillis() < minMs || value.toMillis() > MAX_MS) {
            throw new IllegalArgumentException(name + " must be " + minMs + " to " + MAX_MS + " ms: " + value);
        }
    }

    /** Settings with their defaults, which are kafka-clients' where those have them. */
    public static Builder builder(String groupId) {
        return new Builder(groupId);
    }

    /** Collects settings; not thread-safe. */
    public static final class Builder {
        private final String groupId;
        private GroupProtocol protocol = GroupProtocol.AUTO;
        private Optional<String> instanceId = Optional.empty();
        private Optional<String> rackId = Optional.empty();
        private Optional<String> serverAssignor = Optional.empty();
        private List<ClassicAssignor> classicAssignors =
                List.of(ClassicAssignor.RANGE, ClassicAssignor.COOPERATIVE_STICKY);
        private Duration sessionTimeout = Duration.ofSeconds(45);
        private Duration heartbeatInterval = Duration.ofSeconds(3);
        private Duration maxPollInterval = Duration.ofMinutes(5);
        private Duration instanceWait = Duration.ofSeconds(60);
        private Duration operationTimeout = Duration.ofSeconds(60);
        private boolean leaveOnClose = true;

        private Builder(String groupId) {
            this.groupId = groupId;
        }

        public Builder protocol(GroupProtocol which) {
            protocol = which;
            return this;
        }

        public Builder instanceId(String id) {
            instanceId = Optional.of(id);
            return this;
        }

        public Builder rackId(String rack) {
            rackId = Optional.of(rack);
            return this;
        }

        public Builder serverAssignor(String name) {
            serverAssignor = Optional.of(name);
            return this;
        }

        public Builder classicAssignors(ClassicAssignor... assignors) {
            classicAssignors = List.of(assignors);
            return this;
        }

        public Builder sessionTimeout(Duration timeout) {
            sessionTimeout = timeout;
            return this;
        }

        public Builder heartbeatInterval(Duration interval) {
            heartbeatInterval = interval;
            return this;
        }

        public Builder maxPollInterval(Duration interval) {
            maxPollInterval = interval;
            return this;
        }

        public Builder instanceWait(Duration wait) {
            instanceWait = wait;
            return this;
        }

        public Builder operationTimeout(Duration timeout) {
            operationTimeout = timeout;
            return this;
        }

        public Builder leaveOnClose(boolean leave) {
            leaveOnClose = leave;
            return this;
        }

        /**
         * The settings.
         *
         * @throws IllegalArgumentException that names the setting which is out of range
         */
        public GroupConfig build() {
            return new GroupConfig(
                    groupId,
                    protocol,
                    instanceId,
                    rackId,
                    serverAssignor,
                    classicAssignors,
                    sessionTimeout,
                    heartbeatInterval,
                    maxPollInterval,
                    instanceWait,
                    operationTimeout,
                    leaveOnClose);
        }
    }
}
