package io.braid.controller;

import io.braid.image.BrokerImage;
import io.braid.image.ClusterImage;
import io.braid.image.ImageBuilder;
import io.braid.image.MetadataRecord;
import io.braid.image.MetadataRecord.BrokerCordoned;
import io.braid.image.MetadataRecord.BrokerRegistered;
import io.braid.image.MetadataRecord.ClusterCreated;
import io.braid.image.MetadataRecord.ConfigsChanged;
import io.braid.image.MetadataRecord.ControllersChanged;
import io.braid.image.MetadataRecord.PoolChanged;
import io.braid.image.MetadataRecord.PoolCreated;
import io.braid.image.MetadataRecord.ProducerIdsAllocated;
import io.braid.image.MetadataRecord.ShardChanged;
import io.braid.image.MetadataRecord.TopicCreated;
import io.braid.image.PoolImage;
import java.util.function.Consumer;

/**
 * A snapshot as a sequence of chunks: a header, chunks of records that build the image, chunks of results that are kept,
 * and an end that says how many records there were. Where chunks are stored or sent, they are framed and checked there.
 */
public final class SnapshotCodec {
    private static final int FORMAT_VERSION = 0;
    private static final int CHUNK_BYTES = 256 << 10;

    private static final byte HEADER = 0;
    private static final byte RECORD = 1;
    private static final byte CLIENT = 2;
    private static final byte END = 3;

    private SnapshotCodec() {}

    /** Encodes all of the state. */
    public static void encode(MetadataState state, Consumer<byte[]> chunks) {
        new Encoder(chunks).encode(state);
    }

    /** Encodes an image, for a broker. */
    public static void encode(ClusterImage image, Consumer<byte[]> chunks) {
        encode(new MetadataState(image, RequestTable.EMPTY), chunks);
    }

    private static final class Encoder {
        private final Consumer<byte[]> chunks;
        private final ByteWriter out = new ByteWriter(CHUNK_BYTES + 4096);
        private long records;

        Encoder(Consumer<byte[]> chunks) {
            this.chunks = chunks;
        }

        void encode(MetadataState state) {
            ClusterImage image = state.image();
            out.writeByte(HEADER);
            out.writeVarint(FORMAT_VERSION);
            out.writeVarlong(image.version());
            out.writeNoTaggedFields();
            if (!image.clusterId().isEmpty()) {
                record(new ClusterCreated(image.clusterId(), image.metadataVersion()));
            }
            image.brokers().forEach(broker -> record(new BrokerRegistered(broker)));
            image.brokers().stream()
                    .filter(BrokerImage::cordoned)
                    .forEach(broker -> record(new BrokerCordoned(broker.id(), true)));
            image.pools()
                    .forEach(pool -> record(
                            new PoolCreated(pool.id(), pool.poolClass(), pool.replicationFactor(), pool.rackAware())));
            image.pools().stream()
                    .filter(PoolImage::uncleanElection)
                    .forEach(pool -> record(new PoolChanged(pool.id(), pool.replicationFactor(), true)));
            if (!image.controllers().isEmpty()) {
                record(new ControllersChanged(image.controllers()));
            }
            image.shards().forEach(shard -> record(new ShardChanged(shard)));
            record(new ProducerIdsAllocated(image.nextProducerId()));
            image.forEachConfig(config -> record(new ConfigsChanged(config.type(), config.name(), config.configs())));
            image.forEachTopic(topic -> record(new TopicCreated(topic)));
            state.requests().forEach(this::client);
            out.writeByte(END);
            out.writeVarlong(records);
            out.writeNoTaggedFields();
            chunks.accept(out.toByteArray());
        }

        private void record(MetadataRecord record) {
            out.writeByte(RECORD);
            RecordCodec.write(out, record);
            records++;
            flushIfFull();
        }

        private void client(RequestTable.Client client) {
            out.writeByte(CLIENT);
            out.writeUuid(client.id());
            out.writeVarlong(client.answeredBelow());
            out.writeVarlong(client.lastIndex());
            out.writeList(client.answers(), (to, answer) -> {
                to.writeVarlong(answer.sequence());
                ResultCodec.write(to, answer.result());
            });
            out.writeNoTaggedFields();
            flushIfFull();
        }

        private void flushIfFull() {
            if (out.size() >= CHUNK_BYTES) {
                chunks.accept(out.toByteArray());
                out.clear();
            }
        }
    }

    /** Builds a state from the chunks of a snapshot, given in order. Owned by one thread. */
    public static final class Decoder {
        private final ImageBuilder image = ClusterImage.EMPTY.edit();
        private RequestTable requests = RequestTable.EMPTY;
        private boolean began;
        private boolean ended;
        private long version;
        private long records;

        /**
         * Takes the next chunk.
         *
         * @throws MalformedException if it is no chunk of a snapshot, or of a newer release */
        public void accept(byte[] chunk) {
            ByteReader in = new ByteReader(chunk);
            while (in.remaining() > 0) {
                byte kind = in.readByte();
                if (began == (kind == HEADER) || ended) {
                    throw new MalformedException("a snapshot's chunks are out of order");
                }
                switch (kind) {
                    case HEADER -> header(in);
                    case RECORD -> record(in);
                    case CLIENT -> client(in);
                    case END -> end(in);
                    default -> throw new UnknownFormatException("part of a snapshot", kind, FORMAT_VERSION);
                }
            }
        }

        /** The state, once the last chunk was accepted. */
        public MetadataState finish() {
            if (!ended) {
                throw new MalformedException("a snapshot ends too early");
            }
            return new MetadataState(image.build(version), requests);
        }

        private void header(ByteReader in) {
            int format = in.readVarint();
            if (format != FORMAT_VERSION) {
                throw new UnknownFormatException("snapshot", 0, format);
            }
            version = in.readVarlong();
            in.skipTaggedFields();
            began = true;
        }

        private void record(ByteReader in) {
            MetadataRecord record = RecordCodec.read(in);
            try {
                record.applyTo(image);
            } catch (IllegalStateException e) {
                throw new MalformedException("a snapshot contradicts itself: " + e.getMessage(), e);
            }
            records++;
        }

        private void client(ByteReader in) {
            requests = requests.with(new RequestTable.Client(
                    in.readUuid(),
                    in.readVarlong(),
                    in.readVarlong(),
                    in.readList(from -> new RequestTable.Answer(from.readVarlong(), ResultCodec.read(from)))));
            in.skipTaggedFields();
        }

        private void end(ByteReader in) {
            long expected = in.readVarlong();
            in.skipTaggedFields();
            if (expected != records) {
                throw new MalformedException("a snapshot has " + records + " records of " + expected);
            }
            ended = true;
        }
    }
}
