package io.braid.broker.operate;

import io.braid.controller.ByteReader;
import io.braid.controller.ByteWriter;
import io.braid.controller.MalformedException;
import io.braid.controller.RecordCodec;
import io.braid.image.BrokerImage;
import io.braid.image.ClusterImage;
import io.braid.image.MetadataRecord;
import io.braid.image.MetadataRecord.BrokerCordoned;
import io.braid.image.MetadataRecord.BrokerRegistered;
import io.braid.image.MetadataRecord.ClusterCreated;
import io.braid.image.MetadataRecord.ControllersChanged;
import io.braid.image.MetadataRecord.PoolChanged;
import io.braid.image.MetadataRecord.PoolCreated;
import io.braid.image.MetadataRecord.ShardChanged;
import io.braid.quorum.message.VendorMessage;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.protocol.Errors;

/** Brokers, pools, shards and controllers, as the records that make them: an image without topics and settings. */
public final class DescribeShardsResponse extends OperatorResponse {
    private String listener = "";
    private ClusterImage image = ClusterImage.EMPTY;
    private List<PoolTopics> topics = List.of();

    /**
     * Which topics have partitions in a pool.
     *
     * @param count of all of them
     * @param names the first ones by name, at most {@link DescribeShardsHandler#MAX_NAMES}
     */
    public record PoolTopics(int poolId, int count, List<String> names) {
        public PoolTopics {
            names = List.copyOf(names);
        }
    }

    public DescribeShardsResponse() {
        super(OperatorApis.DESCRIBE_SHARDS);
    }

    DescribeShardsResponse(Errors error, String message) {
        super(OperatorApis.DESCRIBE_SHARDS, error, message);
    }

    DescribeShardsResponse(String listener, ClusterImage image, List<PoolTopics> topics) {
        this();
        this.listener = listener;
        this.image = image;
        this.topics = List.copyOf(topics);
    }

    /** By which the request came in: the other brokers are reached by the same one. */
    public String listener() {
        return listener;
    }

    /** Without topics and settings. */
    public ClusterImage image() {
        return image;
    }

    /** One for each pool in which the topic that was asked for lives. */
    public List<PoolTopics> topics() {
        return topics;
    }

    @Override
    void encodeBody(ByteWriter out) {
        out.writeString(listener);
        out.writeVarlong(image.version());
        RecordCodec.writeAll(out, records());
        out.writeList(topics, (to, pool) -> {
            to.writeVarint(pool.poolId());
            to.writeVarint(pool.count());
            to.writeList(pool.names(), ByteWriter::writeString);
        });
    }

    private List<MetadataRecord> records() {
        List<MetadataRecord> records = new ArrayList<>();
        records.add(new ClusterCreated(image.clusterId(), image.metadataVersion()));
        for (BrokerImage broker : image.brokers()) {
            records.add(new BrokerRegistered(broker));
            if (broker.cordoned()) {
                records.add(new BrokerCordoned(broker.id(), true));
            }
        }
        image.pools().forEach(pool -> {
            records.add(new PoolCreated(pool.id(), pool.poolClass(), pool.replicationFactor(), pool.rackAware()));
            records.add(new PoolChanged(pool.id(), pool.replicationFactor(), pool.uncleanElection()));
        });
        image.shards().forEach(shard -> records.add(new ShardChanged(shard)));
        records.add(new ControllersChanged(image.controllers()));
        return records;
    }

    @Override
    void decodeBody(ByteReader in) {
        listener = in.readString();
        long version = in.readVarlong();
        List<MetadataRecord> records = RecordCodec.readAll(in);
        try {
            image = ClusterImage.EMPTY.apply(version, records);
        } catch (IllegalStateException e) {
            throw new MalformedException("no image: " + e.getMessage(), e);
        }
        topics = in.readList(
                from -> new PoolTopics(from.readVarint(), from.readVarint(), from.readList(ByteReader::readString)));
    }

    @Override
    protected VendorMessage empty() {
        return new DescribeShardsResponse();
    }
}
