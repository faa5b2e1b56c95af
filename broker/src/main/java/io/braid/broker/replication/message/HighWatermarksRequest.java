package io.braid.broker.replication.message;

import io.braid.controller.ByteReader;
import io.braid.controller.ByteWriter;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.common.Uuid;

/** Asks a leader how far partitions can be read. For what is measured now and then, not for reading. */
public final class HighWatermarksRequest extends ReplicationMessage {
    /** Partitions that a request may name. */
    public static final int MAX_PARTITIONS = 100_000;

    private String clusterId = "";
    private List<Partition> partitions = List.of();

    public HighWatermarksRequest() {
        super(ReplicationApis.HIGH_WATERMARKS);
    }

    /** @param clusterId of who asks; brokers of other clusters are refused */
    public HighWatermarksRequest(String clusterId, List<Partition> partitions) {
        this();
        this.clusterId = clusterId;
        this.partitions = List.copyOf(partitions);
    }

    /** A partition of a topic. */
    public record Partition(Uuid topicId, int partition) {
        public Partition {
            Objects.requireNonNull(topicId);
        }
    }

    public String clusterId() {
        return clusterId;
    }

    public List<Partition> partitions() {
        return partitions;
    }

    @Override
    void encode(ByteWriter out) {
        out.writeString(clusterId);
        out.writeList(partitions, (to, of) -> {
            to.writeUuid(of.topicId());
            to.writeVarint(of.partition());
        });
    }

    @Override
    void decode(ByteReader in, PayloadSource payloads) {
        clusterId = in.readString();
        partitions = in.readList(from -> new Partition(from.readUuid(), from.readVarint()));
    }
}
