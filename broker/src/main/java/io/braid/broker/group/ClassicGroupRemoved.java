package io.braid.broker.group;

import java.util.Objects;

/** A group of the classic protocol is no more, or goes on in the consumer protocol. */
public record ClassicGroupRemoved(String groupId) implements GroupRecord {
    public ClassicGroupRemoved {
        Objects.requireNonNull(groupId);
    }
}
