package io.braid.broker.group;

/** Where a group of the classic protocol is in its cycle. */
public enum ClassicState {
    EMPTY("Empty"),
    /** Waits for the members to join. */
    PREPARING("PreparingRebalance"),
    /** Has a generation and waits for the leader's assignment. */
    COMPLETING("CompletingRebalance"),
    STABLE("Stable");

    private final String protocolName;

    ClassicState(String protocolName) {
        this.protocolName = protocolName;
    }

    /** As ListGroups and DescribeGroups call it. */
    public String protocolName() {
        return protocolName;
    }
}
