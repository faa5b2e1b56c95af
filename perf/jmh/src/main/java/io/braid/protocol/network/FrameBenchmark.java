package io.braid.protocol.network;

import io.braid.jmh.Batches;
import io.braid.protocol.Api;
import io.braid.protocol.ApiCatalog;
import io.braid.protocol.DecodedRequest;
import io.braid.protocol.InvalidRequestException;
import io.braid.protocol.MessageEncoder;
import io.braid.protocol.RequestDecoder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Bytes of a socket to a request, and a response to bytes: a produce of 16 KB to one partition, a fetch of a session. */
@State(Scope.Thread)
public class FrameBenchmark {
    private static final short PRODUCE_VERSION = 12;
    private static final short FETCH_VERSION = 17;
    private static final int MAX_PLAIN_BYTES = 1 << 20;

    private final ApiCatalog catalog =
            ApiCatalog.builder().kafka(ApiKeys.PRODUCE).kafka(ApiKeys.FETCH).build();
    private final Api produceApi = catalog.api(ApiKeys.PRODUCE.id).orElseThrow();
    private final RequestDecoder decoder = new RequestDecoder(catalog, MAX_PLAIN_BYTES);
    private final MessageEncoder encoder = new MessageEncoder();
    private final ByteBuffer produce = frame(ApiKeys.PRODUCE, PRODUCE_VERSION, produceRequest());
    private final ByteBuffer fetch = frame(ApiKeys.FETCH, FETCH_VERSION, fetchRequest());
    private final ByteBuf sent = ByteBufAllocator.DEFAULT
            .directBuffer(Integer.BYTES + produce.remaining())
            .writeInt(produce.remaining())
            .writeBytes(produce.duplicate());
    private final InFlightBytes inFlight = new InFlightBytes(1 << 30);
    private final FrameReader reader = new FrameReader(new Counting(), inFlight);
    private long frameBytes;

    private static ProduceRequestData produceRequest() {
        ByteBuffer batch = Batches.idempotent(16, 1000);
        ProduceRequestData request =
                new ProduceRequestData().setAcks((short) -1).setTimeoutMs(30_000);
        ProduceRequestData.TopicProduceData topic = new ProduceRequestData.TopicProduceData().setName("orders");
        topic.partitionData()
                .add(new ProduceRequestData.PartitionProduceData()
                        .setIndex(3)
                        .setRecords(MemoryRecords.readableRecords(batch)));
        request.topicData().add(topic);
        return request;
    }

    /** As a session sends it while it follows one of its partitions. */
    private static FetchRequestData fetchRequest() {
        FetchRequestData.FetchPartition partition = new FetchRequestData.FetchPartition()
                .setPartition(3)
                .setFetchOffset(42)
                .setPartitionMaxBytes(1 << 20);
        return new FetchRequestData()
                .setSessionId(11)
                .setSessionEpoch(12)
                .setMaxWaitMs(500)
                .setTopics(List.of(new FetchRequestData.FetchTopic()
                        .setTopicId(new Uuid(1, 2))
                        .setPartitions(List.of(partition))));
    }

    private ByteBuffer frame(ApiKeys key, short version, ApiMessage request) {
        Api api = catalog.api(key.id).orElseThrow();
        MessageEncoder once = new MessageEncoder();
        once.encodeRequest(ByteBufAllocator.DEFAULT, api, version, 5, "client", request);
        ByteBuffer whole = ByteBuffer.allocateDirect((int) once.sizeBytes());
        for (Object piece : once.pieces()) {
            ByteBuf bytes = (ByteBuf) piece;
            ByteBuffer into = whole.slice(whole.position(), bytes.readableBytes());
            bytes.readBytes(into);
            whole.position(whole.position() + into.capacity());
            bytes.release();
        }
        return whole.flip().position(Integer.BYTES).slice();
    }

    /** Takes frames as a connection would, and is done with them at once. */
    private final class Counting implements FrameReader.Handler {
        @Override
        public boolean ready() {
            return true;
        }

        @Override
        public boolean accept(int size) {
            return true;
        }

        @Override
        public void onFrame(ByteBuf buffer, int index, int length, int chargedBytes) {
            frameBytes += length;
            inFlight.release(chargedBytes);
        }

        @Override
        public void onViolation(String reason) {
            throw new IllegalStateException(reason);
        }
    }

    /** A frame comes in as many reads as its reader asks for. */
    @Benchmark
    public long readFrame() {
        sent.readerIndex(0);
        while (sent.isReadable()) {
            ByteBuf into = reader.allocate(ByteBufAllocator.DEFAULT);
            into.writeBytes(sent, Math.min(into.writableBytes(), sent.readableBytes()));
            reader.onRead(into);
        }
        return frameBytes;
    }

    @Benchmark
    public DecodedRequest decodeProduce() throws InvalidRequestException {
        return decoder.decode(produce.clear());
    }

    @Benchmark
    public DecodedRequest decodeFetch() throws InvalidRequestException {
        return decoder.decode(fetch.clear());
    }

    @Benchmark
    public long encodeProduceAnswer() {
        ProduceResponseData response = new ProduceResponseData();
        ProduceResponseData.TopicProduceResponse topic =
                new ProduceResponseData.TopicProduceResponse().setName("orders");
        topic.partitionResponses()
                .add(new ProduceResponseData.PartitionProduceResponse()
                        .setIndex(3)
                        .setBaseOffset(42));
        response.responses().add(topic);
        encoder.encodeResponse(ByteBufAllocator.DEFAULT, produceApi, PRODUCE_VERSION, 5, response);
        for (Object piece : encoder.pieces()) {
            ((ByteBuf) piece).release();
        }
        encoder.pieces().clear();
        return encoder.sizeBytes();
    }
}
