package io.braid.broker.offset;

import io.braid.broker.handler.ApiHandler;
import io.braid.broker.security.Caller;
import io.braid.log.EpochEnd;
import io.braid.protocol.network.RequestContext;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData;
import org.apache.kafka.common.protocol.Errors;

/**
 * OffsetForLeaderEpoch (versions 2 to 4): where a leader epoch ends in a partition, so that a client notices a truncated
 * log (KIP-101, KIP-320). Thread-safe.
 */
public final class OffsetForLeaderEpochHandler implements ApiHandler {
    private static final int UNDEFINED = -1;

    private final PartitionLookup lookup;

    public OffsetForLeaderEpochHandler(PartitionLookup lookup) {
        this.lookup = lookup;
    }

    @Override
    public void handle(RequestContext ctx) {
        OffsetForLeaderEpochRequestData request = (OffsetForLeaderEpochRequestData) ctx.body();
        List<PartitionLookup.Asked<Integer>> asked = new ArrayList<>();
        for (OffsetForLeaderEpochRequestData.OffsetForLeaderTopic topic : request.topics()) {
            for (OffsetForLeaderEpochRequestData.OffsetForLeaderPartition p : topic.partitions()) {
                asked.add(new PartitionLookup.Asked<>(
                        topic.topic(), p.partition(), p.currentLeaderEpoch(), p.leaderEpoch()));
            }
        }
        lookup.look(asked, Caller.of(ctx), AclOperation.DESCRIBE, () -> ctx.reply(answer(asked)));
    }

    private static OffsetForLeaderEpochResponseData answer(List<PartitionLookup.Asked<Integer>> asked) {
        OffsetForLeaderEpochResponseData response = new OffsetForLeaderEpochResponseData();
        for (PartitionLookup.Asked<Integer> a : asked) {
            OffsetForLeaderEpochResponseData.OffsetForLeaderTopicResult topic =
                    response.topics().find(a.topic);
            if (topic == null) {
                topic = new OffsetForLeaderEpochResponseData.OffsetForLeaderTopicResult().setTopic(a.topic);
                response.topics().add(topic);
            }
            topic.partitions().add(partition(a));
        }
        return response;
    }

    private static OffsetForLeaderEpochResponseData.EpochEndOffset partition(PartitionLookup.Asked<Integer> a) {
        EpochEnd end = new EpochEnd(UNDEFINED, UNDEFINED);
        if (a.error == Errors.NONE) {
            try {
                end = endOf(a);
            } catch (IOException e) {
                a.error = Errors.KAFKA_STORAGE_ERROR;
            }
        }
        return new OffsetForLeaderEpochResponseData.EpochEndOffset()
                .setPartition(a.partition)
                .setErrorCode(a.error.code())
                .setLeaderEpoch(end.leaderEpoch())
                .setEndOffset(end.endOffset());
    }

    private static EpochEnd endOf(PartitionLookup.Asked<Integer> a) throws IOException {
        int epoch = a.request;
        if (epoch < 0 || epoch > a.snapshot.leaderEpoch()) {
            return new EpochEnd(UNDEFINED, UNDEFINED);
        }
        if (epoch == a.snapshot.leaderEpoch() || a.snapshot.view().isEmpty()) {
            return new EpochEnd(epoch, a.snapshot.logEndOffset());
        }
        return a.snapshot.view().get().endOfEpoch(epoch);
    }
}
