package io.braid.protocol.network;

import io.braid.protocol.Frames;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.record.internal.MemoryRecords;

/** Frames that the tests of the server send, and answers to them. */
final class TestRequests {
    private static final byte[] METADATA_BODY = {0, 0, 0, 0};

    private TestRequests() {}

    static byte[] apiVersions(int correlationId) {
        return Frames.request(ApiKeys.API_VERSIONS, (short) 0, correlationId, new ApiVersionsRequestData());
    }

    static byte[] metadata(int correlationId) {
        return Frames.request(ApiKeys.METADATA, (short) 1, correlationId, "c", METADATA_BODY);
    }

    static byte[] produce(int correlationId, int recordBytes) {
        ProduceRequestData request =
                new ProduceRequestData().setAcks((short) -1).setTimeoutMs(100);
        request.topicData()
                .add(new ProduceRequestData.TopicProduceData()
                        .setName("t")
                        .setPartitionData(List.of(new ProduceRequestData.PartitionProduceData()
                                .setRecords(MemoryRecords.readableRecords(ByteBuffer.allocate(recordBytes))))));
        return Frames.request(ApiKeys.PRODUCE, (short) 9, correlationId, request);
    }

    static byte[] fetch(int correlationId) {
        return Frames.request(ApiKeys.FETCH, (short) 12, correlationId, new FetchRequestData());
    }

    /** An answer to one of these. */
    private static ApiMessage answer(RequestContext request) {
        return switch (ApiKeys.forId(request.apiKey())) {
            case API_VERSIONS -> Frames.everything().apiVersionsResponse();
            case METADATA -> new MetadataResponseData();
            case PRODUCE -> new ProduceResponseData();
            case FETCH -> new FetchResponseData();
            default -> throw new IllegalArgumentException(request.toString());
        };
    }

    static void answerAtOnce(RequestContext request) {
        request.reply(answer(request));
    }
}
