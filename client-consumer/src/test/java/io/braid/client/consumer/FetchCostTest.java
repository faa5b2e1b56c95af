package io.braid.client.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.client.consumer.AssignedPartition.Stage;
import java.util.Random;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.FetchableTopicResponse;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.junit.jupiter.api.Test;

/** What a fetch costs when very many partitions are assigned: counted in bytes and partitions, not in time. */
class FetchCostTest {
    private static final int PARTITIONS = 100_000;
    private static final int WITH_DATA = 10;
    private static final short VERSION = 17;

    private final SimulatedLog log = new SimulatedLog();
    private final Fetcher fetcher = new Fetcher(new FetchSettings(
            4 << 20, 1 << 20, 32 << 20, 0, 20_000_000, 1_000_000_000, 0, false, false, OffsetReset.earliest()));

    private FetchSession.Call next() {
        assertThat(fetcher.sessions().sendable(0)).hasSize(1);
        return fetcher.sessions().next(fetcher.sessions().sendable(0).get(0), VERSION);
    }

    private static int bytes(FetchRequestData request) {
        return request.size(new ObjectSerializationCache(), VERSION);
    }

    private FetchResponseData answer(int first, int count) {
        FetchableTopicResponse topic = new FetchableTopicResponse().setTopicId(Tables.ID);
        for (int p = first; p < first + count; p++) {
            topic.partitions()
                    .add(new PartitionData()
                            .setPartitionIndex(p)
                            .setHighWatermark(log.end())
                            .setRecords(log.read(0, 1).orElseThrow()));
        }
        FetchResponseData response = new FetchResponseData().setSessionId(7);
        response.responses().add(topic);
        return response;
    }

    private FetchResponseData emptyAnswer() {
        FetchableTopicResponse topic = new FetchableTopicResponse().setTopicId(Tables.ID);
        for (int p = 0; p < PARTITIONS; p++) {
            topic.partitions().add(new PartitionData().setPartitionIndex(p).setHighWatermark(0));
        }
        FetchResponseData response = new FetchResponseData().setSessionId(7);
        response.responses().add(topic);
        return response;
    }

    @Test
    void aRequestNamesWhatHadDataAndNothingElse() {
        log.append(new Random(1));
        fetcher.onRouting(Tables.of("t", Tables.ID, 1, new int[PARTITIONS]), 0);
        fetcher.add(PartitionSet.range("t", Uuid.ZERO_UUID, 0, PARTITIONS), false, 0);
        for (AssignedPartition partition : fetcher.positions().takeUnsettled(Stage.NEEDS_OFFSET)) {
            fetcher.lookups().onOffset(partition, partition.generation, 0, -1, 0);
        }

        FetchSession.Call first = next();
        assertThat(first.named()).isEqualTo(PARTITIONS);
        fetcher.onAnswer(first, emptyAnswer(), new Frame(0, () -> {}), 0);
        long touchedBefore = fetcher.touched();

        FetchSession.Call idle = next();
        assertThat(idle.named()).isZero();
        assertThat(bytes(idle.request())).isLessThan(60);
        fetcher.onAnswer(idle, answer(500, WITH_DATA), new Frame(1_000, () -> {}), 0);

        FetchSession.Call after = next();
        assertThat(after.named()).isEqualTo(WITH_DATA);
        assertThat(bytes(after.request())).isLessThan(60 + WITH_DATA * 50 + 30);
        for (int i = 0; i < WITH_DATA; i++) {
            Chunk chunk = fetcher.take();
            assertThat(fetcher.finish(chunk, chunk.nextOffset, 0, true, true, 0))
                    .isTrue();
        }
        assertThat(fetcher.take()).isNull();
        assertThat(fetcher.touched() - touchedBefore)
                .as("partitions looked at for an idle fetch and one with data of ten")
                .isEqualTo(2 * WITH_DATA);
    }

    @Test
    void aPartitionThatIsPausedIsNamedOnce() {
        fetcher.onRouting(Tables.of("t", Tables.ID, 1, new int[PARTITIONS]), 0);
        fetcher.add(PartitionSet.range("t", Uuid.ZERO_UUID, 0, PARTITIONS), false, 0);
        for (AssignedPartition partition : fetcher.positions().takeUnsettled(Stage.NEEDS_OFFSET)) {
            fetcher.lookups().onOffset(partition, partition.generation, 0, -1, 0);
        }
        fetcher.onAnswer(next(), emptyAnswer(), new Frame(0, () -> {}), 0);
        fetcher.pause(fetcher.get(new TopicPartition("t", 77)), true, 0);

        FetchRequestData request = next().request();

        assertThat(request.topics()).isEmpty();
        assertThat(request.forgottenTopicsData()).hasSize(1);
        assertThat(request.forgottenTopicsData().get(0).partitions()).containsExactly(77);
    }
}
