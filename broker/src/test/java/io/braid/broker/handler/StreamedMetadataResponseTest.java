package io.braid.broker.handler;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseBroker;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponsePartition;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.MessageUtil;
import org.junit.jupiter.api.Test;

class StreamedMetadataResponseTest {

    @Test
    void encodesLikeTheGeneratedClassInEveryVersionAndAtEveryLengthOfTheLengthField() {
        for (short version : ApiKeys.METADATA.allVersions()) {
            for (int count : new int[] {0, 1, 63, 64, 65, 126, 127, 128, 20_000}) {
                List<MetadataResponseTopic> topics = topics(count);
                MetadataResponseData generated = frame(version);
                topics.forEach(topic -> generated.topics().add(topic.duplicate()));

                assertThat(MessageUtil.toByteBufferAccessor(
                                        new StreamedMetadataResponse(frame(version), count, topics), version)
                                .buffer())
                        .as("version %d, %d topics", version, count)
                        .isEqualTo(MessageUtil.toByteBufferAccessor(generated, version)
                                .buffer());
            }
        }
    }

    private static MetadataResponseData frame(short version) {
        MetadataResponseData frame = new MetadataResponseData()
                .setThrottleTimeMs(version >= 3 ? 5 : 0)
                .setClusterId("cluster")
                .setControllerId(2);
        if (version >= 8 && version <= 10) {
            frame.setClusterAuthorizedOperations(77);
        }
        if (version >= 13) {
            frame.setErrorCode((short) 3);
        }
        frame.brokers()
                .add(new MetadataResponseBroker()
                        .setNodeId(2)
                        .setHost("h")
                        .setPort(9)
                        .setRack("r"));
        return frame;
    }

    private static List<MetadataResponseTopic> topics(int count) {
        List<MetadataResponseTopic> topics = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            topics.add(new MetadataResponseTopic()
                    .setName("topic-" + i)
                    .setTopicId(new Uuid(1, i))
                    .setPartitions(List.of(new MetadataResponsePartition()
                            .setPartitionIndex(0)
                            .setLeaderId(i % 3)
                            .setReplicaNodes(List.of(1, 2))
                            .setIsrNodes(List.of(1)))));
        }
        return topics;
    }
}
