package io.braid.simulation;

import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.common.protocol.Errors;

/** What clients and brokers say to each other, as far as a client's correctness hangs on it. All immutable. */
final class ClientMessages {
    private ClientMessages() {}

    /**
     * @param leaderEpoch as the client's metadata says, -1 when it does not know
     * @param batch copied by the broker before it writes into it
     * @param acksAll whether to answer when it is committed, not when it is appended
     */
    record Produce(int partition, int leaderEpoch, ByteBuffer batch, boolean acksAll) {}

    /** @param hint who leads, as far as the broker knows */
    record Produced(Errors error, long baseOffset, Route hint) {}

    record Fetch(int partition, int leaderEpoch, long offset) {}

    /**
     * @param logStart first offset that there is, -1 with an error
     * @param batches from the offset on, whole, all below the high watermark
     */
    record Fetched(Errors error, long logStart, long highWatermark, List<LogEntry> batches, Route hint) {
        static Fetched failed(Errors error, Route hint) {
            return new Fetched(error, -1, -1, List.of(), hint);
        }
    }

    /** Who leads a partition. */
    record Route(int leader, int leaderEpoch) {
        static final Route UNKNOWN = new Route(-1, -1);
    }

    /** @param routes by partition; empty while the topic is not known */
    record Metadata(long version, List<Route> routes) {}
}
