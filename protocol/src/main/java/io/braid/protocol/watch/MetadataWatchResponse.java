package io.braid.protocol.watch;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.protocol.Readable;
import org.apache.kafka.common.protocol.Writable;

/**
 * What changed: the state at a version of the shards and topics that differ from what the sender of the request has, or,
 * with {@link #full}, of all that concerns its topics, which replaces what it had.
 */
public final class MetadataWatchResponse extends WatchMessage {
    private Errors error = Errors.NONE;
    private long version;
    private boolean full;
    private String clusterId = "";
    private List<Broker> brokers = List.of();
    private List<Integer> brokersGone = List.of();
    private List<Shard> shards = List.of();
    private List<Topic> topics = List.of();

    /**
     * Where a broker is reached, on the listener that was asked.
     *
     * @param rack "" when it names none
     */
    public record Broker(int id, String host, int port, String rack) {}

    /**
     * Who leads a shard.
     *
     * @param id pool id x 65,536 + index in the pool
     * @param leader broker id, or -1
     */
    public record Shard(int id, int leader, int leaderEpoch) {}

    /** The rule for the partitions from {@code from} on: {@code pool[(first + (p - from) * stride) mod modulus]}. */
    public record Rule(int from, int pool, int first, int stride, int modulus) {}

    /**
     * A topic, by its whole placement.
     *
     * @param error NONE, UNKNOWN_TOPIC_OR_PARTITION or TOPIC_AUTHORIZATION_FAILED; only with NONE is there more than a name
     */
    public record Topic(String name, Errors error, Uuid id, int partitionCount, List<Rule> rules) {
        public Topic {
            rules = List.copyOf(rules);
        }

        public static Topic failed(String name, Errors error) {
            return new Topic(name, error, Uuid.ZERO_UUID, 0, List.of());
        }
    }

    public MetadataWatchResponse() {}

    /**
     * @param version of the metadata that this tells
     * @param brokers that are alive: all of them if {@code full}, else those that came or are reached elsewhere now
     * @param brokersGone ids of those that are not alive any more; none if {@code full}
     */
    public MetadataWatchResponse(
            long version,
            boolean full,
            String clusterId,
            List<Broker> brokers,
            List<Integer> brokersGone,
            List<Shard> shards,
            List<Topic> topics) {
        this.version = version;
        this.full = full;
        this.clusterId = clusterId;
        this.brokers = List.copyOf(brokers);
        this.brokersGone = List.copyOf(brokersGone);
        this.shards = List.copyOf(shards);
        this.topics = List.copyOf(topics);
    }

    public static MetadataWatchResponse failed(Errors error) {
        MetadataWatchResponse response = new MetadataWatchResponse();
        response.error = error;
        return response;
    }

    public Errors error() {
        return error;
    }

    public long version() {
        return version;
    }

    public boolean full() {
        return full;
    }

    public String clusterId() {
        return clusterId;
    }

    public List<Broker> brokers() {
        return brokers;
    }

    public List<Integer> brokersGone() {
        return brokersGone;
    }

    public List<Shard> shards() {
        return shards;
    }

    public List<Topic> topics() {
        return topics;
    }

    @Override
    void encode(Writable out) {
        out.writeShort(error.code());
        out.writeLong(version);
        out.writeByte((byte) (full ? 1 : 0));
        writeString(out, clusterId);
        out.writeUnsignedVarint(brokers.size());
        for (Broker broker : brokers) {
            out.writeInt(broker.id());
            writeString(out, broker.host());
            out.writeInt(broker.port());
            writeString(out, broker.rack());
        }
        out.writeUnsignedVarint(brokersGone.size());
        brokersGone.forEach(out::writeInt);
        out.writeUnsignedVarint(shards.size());
        for (Shard shard : shards) {
            out.writeInt(shard.id());
            out.writeInt(shard.leader());
            out.writeInt(shard.leaderEpoch());
        }
        out.writeUnsignedVarint(topics.size());
        topics.forEach(topic -> encodeTopic(out, topic));
    }

    private static void encodeTopic(Writable out, Topic topic) {
        writeString(out, topic.name());
        out.writeShort(topic.error().code());
        out.writeUuid(topic.id());
        out.writeUnsignedVarint(topic.partitionCount());
        out.writeUnsignedVarint(topic.rules().size());
        for (Rule rule : topic.rules()) {
            out.writeUnsignedVarint(rule.from());
            out.writeUnsignedVarint(rule.pool());
            out.writeUnsignedVarint(rule.first());
            out.writeUnsignedVarint(rule.stride());
            out.writeUnsignedVarint(rule.modulus());
        }
    }

    @Override
    void decode(Readable in) {
        error = Errors.forCode(in.readShort());
        version = in.readLong();
        full = in.readByte() != 0;
        clusterId = readString(in);
        brokers = new ArrayList<>();
        for (int left = readSize(in, 10); left > 0; left--) {
            brokers.add(new Broker(in.readInt(), readString(in), in.readInt(), readString(in)));
        }
        brokersGone = new ArrayList<>();
        for (int left = readSize(in, 4); left > 0; left--) {
            brokersGone.add(in.readInt());
        }
        shards = new ArrayList<>();
        for (int left = readSize(in, 12); left > 0; left--) {
            shards.add(new Shard(in.readInt(), in.readInt(), in.readInt()));
        }
        topics = new ArrayList<>();
        for (int left = readSize(in, 21); left > 0; left--) {
            topics.add(decodeTopic(in));
        }
    }

    private static Topic decodeTopic(Readable in) {
        String name = readString(in);
        Errors error = Errors.forCode(in.readShort());
        Uuid id = in.readUuid();
        int partitionCount = in.readUnsignedVarint();
        List<Rule> rules = new ArrayList<>();
        for (int left = readSize(in, 5); left > 0; left--) {
            rules.add(new Rule(
                    in.readUnsignedVarint(),
                    in.readUnsignedVarint(),
                    in.readUnsignedVarint(),
                    in.readUnsignedVarint(),
                    in.readUnsignedVarint()));
        }
        return new Topic(name, error, id, partitionCount, rules);
    }

    @Override
    public Message duplicate() {
        MetadataWatchResponse copy =
                new MetadataWatchResponse(version, full, clusterId, brokers, brokersGone, shards, topics);
        copy.error = error;
        return copy;
    }
}
