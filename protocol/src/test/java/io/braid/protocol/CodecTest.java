package io.braid.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.braid.protocol.records.FetchedRecords;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CodecTest {
    private static final int ROUNDS = 20;
    private static final int MAX_PLAIN_BYTES = 1 << 20;

    private final ApiCatalog catalog = Frames.everything();
    private final MessageEncoder encoder = new MessageEncoder();

    @ParameterizedTest
    @EnumSource(ApiKeys.class)
    void requestsOfEveryVersionAreReadAndWrittenAsKafkaDoes(ApiKeys key) throws Exception {
        RandomMessages messages = new RandomMessages(key.id);
        RequestDecoder decoder = new RequestDecoder(catalog, MAX_PLAIN_BYTES);
        for (short version : key.hasValidVersion() ? key.allVersions() : List.<Short>of()) {
            for (int round = 0; round < ROUNDS; round++) {
                byte[] body = messages.body(key.messageType.requestSchemas()[version]);
                ApiMessage expected = key.messageType.newRequest();
                expected.read(Frames.readable(body), version);
                byte[] frame = Frames.request(key, version, round, round % 3 == 0 ? null : "client" + round % 2, body);

                DecodedRequest request = decoder.decode(direct(frame));

                assertThat(request.body()).as("%s %d", key, version).isEqualTo(expected);
                assertThat(request.correlationId()).isEqualTo(round);
                assertThat(request.clientId()).isEqualTo(round % 3 == 0 ? "" : "client" + round % 2);
                encoder.encodeRequest(PooledByteBufAllocator.DEFAULT, api(key), version, round, "test", request.body());
                assertThat(Frames.join(encoder.pieces()))
                        .isEqualTo(withLength(Frames.request(key, version, round, expected)));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(ApiKeys.class)
    void responsesOfEveryVersionAreWrittenAsKafkaDoes(ApiKeys key) {
        RandomMessages messages = new RandomMessages(1000 + key.id);
        for (short version : key.hasValidVersion() ? key.allVersions() : List.<Short>of()) {
            for (int round = 0; round < ROUNDS; round++) {
                ApiMessage response = key.messageType.newResponse();
                response.read(Frames.readable(messages.body(key.messageType.responseSchemas()[version])), version);

                encoder.encodeResponse(PooledByteBufAllocator.DEFAULT, api(key), version, 77, response);

                byte[] written = Frames.join(encoder.pieces());
                byte[] body = Frames.bytes(response, version);
                int headerBytes = key.responseHeaderVersion(version) >= 1 ? 5 : 4;
                ByteBuffer head = ByteBuffer.wrap(written);
                assertThat(head.getInt()).isEqualTo(headerBytes + body.length);
                assertThat(head.getInt()).isEqualTo(77);
                assertThat(Arrays.copyOfRange(written, 4 + headerBytes, written.length))
                        .isEqualTo(body);
            }
        }
    }

    @Test
    void randomFramesAreDecodedOrRefused() {
        Random random = new Random(7);
        List<ApiKeys> keys = List.of(ApiKeys.values());
        RequestDecoder decoder = new RequestDecoder(catalog, MAX_PLAIN_BYTES);
        for (int round = 0; round < 300_000; round++) {
            byte[] frame = new byte[random.nextInt(120)];
            random.nextBytes(frame);
            if (frame.length >= 4 && round % 4 != 0) { // most with a header that is spoken
                ApiKeys key = keys.get(random.nextInt(keys.size()));
                ByteBuffer.wrap(frame).putShort(key.id).putShort((short)
                        random.nextInt(Math.max(1, key.latestVersion(true) + 1)));
            }
            if (frame.length >= 10) {
                ByteBuffer.wrap(frame).putShort(8, (short) (random.nextInt(4) - 1));
            }
            decodeOrRefuse(decoder, frame);
        }
    }

    @ParameterizedTest
    @EnumSource(ApiKeys.class)
    void mutatedFramesOfEveryVersionAreDecodedOrRefused(ApiKeys key) {
        Random random = new Random(key.id);
        RandomMessages messages = new RandomMessages(2000 + key.id);
        RequestDecoder decoder = new RequestDecoder(catalog, MAX_PLAIN_BYTES);
        for (short version : key.hasValidVersion() ? key.allVersions() : List.<Short>of()) {
            for (int round = 0; round < 150; round++) {
                byte[] frame = Frames.request(
                        key, version, 1, "client", messages.body(key.messageType.requestSchemas()[version]));
                for (int changes = random.nextInt(4); changes >= 0; changes--) {
                    frame = mutate(frame, random);
                }
                decodeOrRefuse(decoder, frame);
            }
        }
    }

    private static byte[] mutate(byte[] frame, Random random) {
        byte[] mutated = frame.clone();
        int at = random.nextInt(Math.max(1, frame.length - 4));
        if (frame.length < 5) {
            return mutated;
        }
        switch (random.nextInt(5)) {
            case 0 -> mutated[at] ^= (byte) (1 << random.nextInt(8));
            case 1 -> mutated[at] = (byte) random.nextInt();
            case 2 -> ByteBuffer.wrap(mutated).putInt(at, new int[] {-1, -2, 1 << 31, 0x7fffffff, 0xffff}[at % 5]);
            case 3 -> Arrays.fill(mutated, at, at + 4, (byte) 0xff);
            default -> mutated = Arrays.copyOf(mutated, at + random.nextInt(20));
        }
        return mutated;
    }

    /** Anything but a request or an InvalidRequestException fails the test. */
    private static void decodeOrRefuse(RequestDecoder decoder, byte[] frame) {
        try {
            assertThat(decoder.decode(direct(frame))).isNotNull();
        } catch (InvalidRequestException e) {
            assertThat(e.getMessage()).doesNotEndWith("null: null").doesNotEndWith(": null");
        }
    }

    @Test
    void lyingLengthsAreRefusedWithoutAllocating() {
        RequestDecoder decoder = new RequestDecoder(catalog, MAX_PLAIN_BYTES);
        for (int length : new int[] {0x7fffffff, 0x10000000, 2_000_000, -2}) {
            byte[] metadata = ByteBuffer.allocate(4).putInt(length).array();
            byte[] frame = Frames.request(ApiKeys.METADATA, (short) 1, 1, "c", metadata);
            if (length > 0) {
                assertThatThrownBy(() -> decoder.decode(direct(frame))).isInstanceOf(InvalidRequestException.class);
            }
        }
        byte[] varint = new byte[12];
        Arrays.fill(varint, (byte) 0xff);
        assertThatThrownBy(() -> decoder.decode(direct(Frames.request(ApiKeys.METADATA, (short) 12, 1, "c", varint))))
                .isInstanceOf(InvalidRequestException.class);
    }

    @Test
    void plainPartOfRequestIsLimitedAndRecordsAreNot() throws Exception {
        RequestDecoder decoder = new RequestDecoder(catalog, 1000);
        ProduceRequestData produce = produce("topic", MemoryRecords.readableRecords(ByteBuffer.allocate(100_000)));
        DecodedRequest decoded = decoder.decode(direct(Frames.request(ApiKeys.PRODUCE, (short) 9, 1, produce)));
        assertThat(decoded.body()).isEqualTo(produce);

        MetadataRequestData metadata = new MetadataRequestData();
        for (int i = 0; i < 200; i++) {
            metadata.topics().add(new MetadataRequestData.MetadataRequestTopic().setName("topic-" + i));
        }
        assertThatThrownBy(() -> decoder.decode(direct(Frames.request(ApiKeys.METADATA, (short) 9, 1, metadata))))
                .isInstanceOf(InvalidRequestException.class);
    }

    @Test
    void recordsAreViewsOfTheFrame() throws Exception {
        byte[] frame = Frames.request(
                ApiKeys.PRODUCE,
                (short) 9,
                1,
                produce(
                        "topic",
                        MemoryRecords.readableRecords(ByteBuffer.wrap("payload".getBytes(StandardCharsets.UTF_8)))));
        ByteBuffer received = direct(frame);

        DecodedRequest request = new RequestDecoder(catalog, MAX_PLAIN_BYTES).decode(received);

        assertThat(request.viewsFrame()).isTrue();
        ProduceRequestData body = (ProduceRequestData) request.body();
        MemoryRecords records = (MemoryRecords)
                body.topicData().iterator().next().partitionData().get(0).records();
        records.buffer().put(0, (byte) 'P');
        byte[] changed = new byte[frame.length];
        received.limit(frame.length).position(0).get(changed);
        assertThat(new String(changed, StandardCharsets.ISO_8859_1)).contains("Payload");
    }

    @Test
    void keysAndVersionsOutsideOfTheCatalogAreRefused() {
        RequestDecoder decoder =
                new RequestDecoder(ApiCatalog.builder().kafka(ApiKeys.METADATA).build(), 1000);
        for (short[] keyVersion : new short[][] {{9999, 0}, {-5, 0}, {3, 99}, {3, -1}, {1, 4}, {10_001, 0}}) {
            byte[] frame = ByteBuffer.allocate(20)
                    .putShort(keyVersion[0])
                    .putShort(keyVersion[1])
                    .array();
            assertThatThrownBy(() -> decoder.decode(direct(frame))).isInstanceOf(InvalidRequestException.class);
        }
    }

    @Test
    void unknownVersionOfApiVersionsIsAnsweredInVersionZeroWithTheKeys() throws Exception {
        byte[] frame = Frames.request(ApiKeys.API_VERSIONS, (short) 4, 5, "c", new byte[] {1, 1, 0});
        ByteBuffer.wrap(frame).putShort(2, (short) 127);

        DecodedRequest request = new RequestDecoder(catalog, MAX_PLAIN_BYTES).decode(direct(frame));

        assertThat(request.version()).isZero();
        ApiVersionsResponseData refusal =
                (ApiVersionsResponseData) request.refusal().orElseThrow();
        assertThat(refusal.errorCode()).isEqualTo(Errors.UNSUPPORTED_VERSION.code());
        assertThat(refusal.apiKeys().find(ApiKeys.PRODUCE.id).minVersion()).isZero();
        assertThat(refusal.apiKeys()).hasSize(catalog.apis().size());
    }

    @Test
    void oldProduceIsRefusedForEachPartition() throws Exception {
        ProduceRequestData produce = produce("old", MemoryRecords.readableRecords(ByteBuffer.allocate(50)));
        byte[] version3 = Frames.bytes(produce, (short) 3);
        byte[] body = Arrays.copyOfRange(version3, 2, version3.length); // without the transactional id
        for (short version = 0; version <= 2; version++) {
            byte[] frame = Frames.request(ApiKeys.PRODUCE, version, 9, "c", body);

            DecodedRequest request = new RequestDecoder(catalog, MAX_PLAIN_BYTES).decode(direct(frame));

            ApiMessage refusal = request.refusal().orElseThrow();
            encoder.encodeResponse(PooledByteBufAllocator.DEFAULT, request.api(), version, 9, refusal);
            ByteBuffer answer = ByteBuffer.wrap(Frames.join(encoder.pieces()));
            assertThat(answer.getInt()).isEqualTo(answer.remaining());
            assertThat(answer.getInt()).isEqualTo(9);
            assertThat(answer.getInt()).isEqualTo(1);
            assertThat(answer.getShort()).isEqualTo((short) 3);
            assertThat(answer.position(answer.position() + 3).getInt()).isEqualTo(1);
            assertThat(answer.getInt()).isEqualTo(4); // partition
            assertThat(answer.getShort()).isEqualTo(Errors.UNSUPPORTED_VERSION.code());
            assertThat(answer.getLong()).isEqualTo(-1);
            assertThat(answer.remaining()).isEqualTo(new int[] {0, 4, 12}[version]);
        }
    }

    @Test
    void oldProduceWithoutAcknowledgementCannotBeAnswered() {
        byte[] version3 = Frames.bytes(produce("old", MemoryRecords.EMPTY).setAcks((short) 0), (short) 3);
        byte[] frame =
                Frames.request(ApiKeys.PRODUCE, (short) 1, 9, "c", Arrays.copyOfRange(version3, 2, version3.length));
        assertThatThrownBy(() -> new RequestDecoder(catalog, MAX_PLAIN_BYTES).decode(direct(frame)))
                .isInstanceOf(InvalidRequestException.class);
    }

    @Test
    void largeRecordsGoOutWithoutACopyAndSmallOnesInOnePiece() {
        ByteBuf large = Unpooled.directBuffer().writeZero(FrameWritable.MAX_COPIED_BYTES + 1);
        encoder.encodeResponse(PooledByteBufAllocator.DEFAULT, api(ApiKeys.FETCH), (short) 12, 1, fetched(large));
        assertThat(encoder.pieces()).hasSize(3).contains(large);
        Frames.join(encoder.pieces());
        assertThat(large.refCnt()).isZero();

        ByteBuf small = Unpooled.directBuffer().writeZero(FrameWritable.MAX_COPIED_BYTES);
        encoder.encodeResponse(PooledByteBufAllocator.DEFAULT, api(ApiKeys.FETCH), (short) 12, 1, fetched(small));
        assertThat(encoder.pieces()).hasSize(1);
        assertThat(small.refCnt()).isZero();
        assertThat(Frames.join(encoder.pieces())).hasSize((int) encoder.sizeBytes());
    }

    @Test
    void recordsAreReleasedWhenAResponseIsDroppedOrCannotBeWritten() {
        ByteBuf dropped = Unpooled.directBuffer().writeZero(5000);
        MessageEncoder.discard(fetched(dropped), (short) 12);
        assertThat(dropped.refCnt()).isZero();

        ByteBuf unwritable = Unpooled.directBuffer().writeZero(5000);
        FetchResponseData response = fetched(unwritable);
        response.responses().add(new FetchResponseData.FetchableTopicResponse().setTopic(null));
        assertThatThrownBy(() -> encoder.encodeResponse(
                        PooledByteBufAllocator.DEFAULT, api(ApiKeys.FETCH), (short) 12, 1, response))
                .isInstanceOf(RuntimeException.class);
        assertThat(unwritable.refCnt()).isZero();
        assertThat(encoder.pieces()).isEmpty();
    }

    private static FetchResponseData fetched(ByteBuf records) {
        FetchResponseData.PartitionData partition = new FetchResponseData.PartitionData()
                .setRecords(FetchedRecords.of(List.of(new FetchedRecords.Bytes(records))));
        return new FetchResponseData()
                .setResponses(new java.util.ArrayList<>(List.of(new FetchResponseData.FetchableTopicResponse()
                        .setTopic("t")
                        .setPartitions(List.of(partition)))));
    }

    private static ProduceRequestData produce(String topic, MemoryRecords records) {
        ProduceRequestData request = new ProduceRequestData().setAcks((short) 1).setTimeoutMs(100);
        request.topicData()
                .add(new ProduceRequestData.TopicProduceData()
                        .setName(topic)
                        .setPartitionData(List.of(new ProduceRequestData.PartitionProduceData()
                                .setIndex(4)
                                .setRecords(records))));
        return request;
    }

    private Api api(ApiKeys key) {
        return catalog.api(key.id).orElseThrow();
    }

    private static byte[] withLength(byte[] frame) {
        return ByteBuffer.allocate(4 + frame.length)
                .putInt(frame.length)
                .put(frame)
                .array();
    }

    private static ByteBuffer direct(byte[] frame) {
        return ByteBuffer.allocateDirect(frame.length).put(frame).flip();
    }
}
