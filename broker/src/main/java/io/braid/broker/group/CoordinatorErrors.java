package io.braid.broker.group;

import org.apache.kafka.common.protocol.Errors;

/** What clients are told when the log of groups fails. */
final class CoordinatorErrors {
    private CoordinatorErrors() {}

    /** The answer to whoever waited for an append that failed, as in Kafka. */
    static Errors ofAppend(Errors error) {
        return switch (error) {
            case NOT_LEADER_OR_FOLLOWER, KAFKA_STORAGE_ERROR -> Errors.NOT_COORDINATOR;
            case MESSAGE_TOO_LARGE, RECORD_LIST_TOO_LARGE, INVALID_RECORD -> Errors.UNKNOWN_SERVER_ERROR;
            default -> Errors.COORDINATOR_NOT_AVAILABLE;
        };
    }
}
