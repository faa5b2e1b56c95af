package io.braid.client.producer;

import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.protocol.Errors;

/** What an error of a broker means for the batch that it is said of. */
enum Verdict {
    /** The broker has the batch. */
    DONE,
    /** It passes: the same batch again. */
    RETRY,
    /** The batch is not the next of its producer. */
    NOT_NEXT,
    /** The batch is too large, but has several records. */
    SPLIT,
    /** Trying again would not help, or might duplicate. */
    FAIL;

    static Verdict of(Errors error, Batch batch) {
        return switch (error) {
            case DUPLICATE_SEQUENCE_NUMBER -> DONE;
            case OUT_OF_ORDER_SEQUENCE_NUMBER, INVALID_PRODUCER_EPOCH -> NOT_NEXT;
            // The broker has forgotten the producer: whether an earlier attempt was appended it cannot say any more.
            case UNKNOWN_PRODUCER_ID, INVALID_PRODUCER_ID_MAPPING -> batch.inDoubt ? FAIL : NOT_NEXT;
            // Halves of what an earlier attempt may have appended would not be recognised.
            case MESSAGE_TOO_LARGE, RECORD_LIST_TOO_LARGE -> batch.inDoubt ? RETRY : batch.count > 1 ? SPLIT : FAIL;
            default -> error.exception() instanceof RetriableException ? RETRY : FAIL;
        };
    }

    /** Whether a broker that says this may have appended the batch all the same. */
    static boolean mayBeAppended(Errors error) {
        return switch (error) {
            case OUT_OF_ORDER_SEQUENCE_NUMBER,
                    INVALID_PRODUCER_EPOCH,
                    UNKNOWN_PRODUCER_ID,
                    NOT_ENOUGH_REPLICAS,
                    MESSAGE_TOO_LARGE,
                    RECORD_LIST_TOO_LARGE,
                    CORRUPT_MESSAGE,
                    UNKNOWN_TOPIC_OR_PARTITION,
                    UNKNOWN_TOPIC_ID -> false;
            default -> true;
        };
    }
}
