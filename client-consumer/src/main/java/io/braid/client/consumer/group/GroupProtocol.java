package io.braid.client.consumer.group;

/** The two ways in which groups assign partitions. */
public enum GroupProtocol {
    /** The consumer protocol where the coordinator offers it, else the classic one. */
    AUTO,
    /** The coordinator assigns (KIP-848); brokers of Braid, and of Apache Kafka from 4.0 on. */
    CONSUMER,
    /** A member assigns (JoinGroup, SyncGroup); every broker. */
    CLASSIC
}
