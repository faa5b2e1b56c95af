package io.braid.client.consumer.group;

/** How the leading member of a classic group assigns, by the names and rules of Apache Kafka's assignors. */
public enum ClassicAssignor {
    /** Topic by topic, neighbours together; partitions with the same number of several topics meet at one member. Eager. */
    RANGE("range"),
    /** Partitions stay where they are as far as balance allows; all are given up for a rebalance. Eager. */
    STICKY("sticky"),
    /** Partitions stay where they are, and only those that move are given up. Cooperative. */
    COOPERATIVE_STICKY("cooperative-sticky");

    private final String protocolName;

    ClassicAssignor(String protocolName) {
        this.protocolName = protocolName;
    }

    /** In JoinGroup requests. */
    public String protocolName() {
        return protocolName;
    }
}
