package io.braid.broker.group;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * A group of the classic protocol has a new generation, or a member of it was replaced: everything that outlives a restart.
 *
 * @param protocolType such as "consumer", "" when the group never had members
 * @param protocol the chosen protocol, "" when empty
 * @param leader member id of the leader, "" when empty
 * @param changedMs when, ms since 1970: an empty group has been empty since
 * @param members in the order in which they joined; none when the group is empty
 */
public record ClassicGroupChanged(
        String groupId,
        int generation,
        String protocolType,
        String protocol,
        String leader,
        long changedMs,
        List<Member> members)
        implements GroupRecord {
    public ClassicGroupChanged {
        Objects.requireNonNull(groupId);
        Objects.requireNonNull(protocolType);
        Objects.requireNonNull(protocol);
        Objects.requireNonNull(leader);
        members = List.copyOf(members);
    }

    /**
     * One member of the generation.
     *
     * @param instanceId of a static member, "" of a dynamic one
     * @param metadata what it said with the chosen protocol; the array is never changed
     * @param assignment what the leader gave it; the array is never changed
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by content, never changed
    public record Member(
            String memberId,
            String instanceId,
            String clientId,
            String clientHost,
            int rebalanceTimeoutMs,
            int sessionTimeoutMs,
            byte[] metadata,
            byte[] assignment) {
        public Member {
            Objects.requireNonNull(memberId);
            Objects.requireNonNull(instanceId);
            Objects.requireNonNull(clientId);
            Objects.requireNonNull(clientHost);
            Objects.requireNonNull(metadata);
            Objects.requireNonNull(assignment);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Member that
                    && memberId.equals(that.memberId)
                    && instanceId.equals(that.instanceId)
                    && clientId.equals(that.clientId)
                    && clientHost.equals(that.clientHost)
                    && rebalanceTimeoutMs == that.rebalanceTimeoutMs
                    && sessionTimeoutMs == that.sessionTimeoutMs
                    && Arrays.equals(metadata, that.metadata)
                    && Arrays.equals(assignment, that.assignment);
        }

        @Override
        public int hashCode() {
            return memberId.hashCode();
        }
    }
}
