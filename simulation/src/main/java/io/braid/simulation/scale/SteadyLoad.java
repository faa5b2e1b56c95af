package io.braid.simulation.scale;

import io.braid.quorum.message.BrokerHeartbeatRequest;
import io.braid.quorum.message.BrokerHeartbeatResponse;
import io.braid.quorum.message.FetchMetadataRequest;
import io.braid.quorum.message.FetchMetadataResponse;
import io.braid.quorum.message.VendorResponse.Leader;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.protocol.Errors;

/** What a controller has to do while nothing happens: heartbeats every 500 ms, and long polls that end after 1.5 s. Stateless. */
final class SteadyLoad {
    private static final double HEARTBEATS_PER_SECOND = 2;
    private static final double POLLS_PER_SECOND = 1 / 1.5;
    private static final Leader LEADER = new Leader(1, "controller-1.eu-west-1.kafka.example.net", 9_094);
    private static final long VERSION = 1_000_000_000L;

    private SteadyLoad() {}

    static Map<String, Object> of(ClusterSize size, Costs costs) {
        long heartbeat = bytes(
                Subscription.encode(new BrokerHeartbeatRequest(1, VERSION, VERSION, BrokerHeartbeatRequest.Wish.SERVE))
                                .remaining()
                        + Subscription.encode(new BrokerHeartbeatResponse(Errors.NONE, "", LEADER, false, VERSION))
                                .remaining());
        long poll = bytes(Subscription.encode(new FetchMetadataRequest(1, VERSION, 1_500, 8 << 20))
                        .remaining()
                + Subscription.encode(FetchMetadataResponse.of(List.of(), LEADER))
                        .remaining());
        double heartbeats = HEARTBEATS_PER_SECOND * size.brokers();
        double polls = POLLS_PER_SECOND * size.brokers();
        double cpuNs = heartbeats * (2 * costs.messageNs() + costs.heartbeatNs())
                + polls * (2 * costs.messageNs() + costs.feedNs());
        return Figures.of(
                "heartbeatsPerSecond", heartbeats,
                "pollsPerSecond", Figures.rounded(polls),
                "bytesPerSecond", Math.round(heartbeats * heartbeat + polls * poll),
                "cpuSecondsPerSecond", Figures.rounded(cpuNs / 1e9));
    }

    private static long bytes(int ofBoth) {
        return ofBoth + 2L * LinkModel.HEADER_BYTES;
    }
}
