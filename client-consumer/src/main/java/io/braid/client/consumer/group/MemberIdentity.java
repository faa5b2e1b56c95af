package io.braid.client.consumer.group;

import java.util.Objects;

/**
 * Who a member is at its coordinator. Immutable.
 *
 * @param memberId "" before the coordinator gave one, and for commits without a membership
 * @param epoch the member epoch (consumer protocol) or generation (classic protocol); -1 outside of the group
 */
public record MemberIdentity(String memberId, int epoch) {
    /** Of one who is in no group. */
    public static final MemberIdentity NONE = new MemberIdentity("", -1);

    public MemberIdentity {
        Objects.requireNonNull(memberId, "memberId");
    }
}
