package io.braid.broker.offset;

import io.braid.broker.handler.ApiHandler;
import io.braid.broker.security.Caller;
import io.braid.protocol.network.RequestContext;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.message.DeleteRecordsRequestData;
import org.apache.kafka.common.message.DeleteRecordsResponseData;
import org.apache.kafka.common.protocol.Errors;

/**
 * DeleteRecords (versions 0 to 2): moves the log start of partitions; -1 means up to the high watermark. Answered once the
 * entries that do it are committed. Thread-safe.
 */
public final class DeleteRecordsHandler implements ApiHandler {
    private static final long UNKNOWN_LOW_WATERMARK = -1;
    private static final long HIGH_WATERMARK = -1;

    private final PartitionLookup lookup;

    public DeleteRecordsHandler(PartitionLookup lookup) {
        this.lookup = lookup;
    }

    @Override
    public void handle(RequestContext ctx) {
        DeleteRecordsRequestData request = (DeleteRecordsRequestData) ctx.body();
        List<PartitionLookup.Asked<Long>> asked = new ArrayList<>();
        for (DeleteRecordsRequestData.DeleteRecordsTopic topic : request.topics()) {
            for (DeleteRecordsRequestData.DeleteRecordsPartition p : topic.partitions()) {
                asked.add(new PartitionLookup.Asked<>(topic.name(), p.partitionIndex(), -1, p.offset()));
            }
        }
        lookup.locate(asked, Caller.of(ctx), AclOperation.DELETE);
        long[] lowWatermarks = new long[asked.size()];
        AtomicInteger left = new AtomicInteger(asked.size() + 1);
        for (int i = 0; i < lowWatermarks.length; i++) {
            int at = i;
            PartitionLookup.Asked<Long> a = asked.get(i);
            lowWatermarks[at] = UNKNOWN_LOW_WATERMARK;
            if (a.error == Errors.NONE && a.request < HIGH_WATERMARK) {
                a.error = Errors.OFFSET_OUT_OF_RANGE;
            }
            if (a.error != Errors.NONE) {
                finish(ctx, asked, lowWatermarks, left);
                continue;
            }
            lookup.shards().moveLogStart(a.shardId, a.topicId, a.partition, a.request, (error, logStart) -> {
                a.error = error;
                lowWatermarks[at] = logStart;
                finish(ctx, asked, lowWatermarks, left);
            });
        }
        finish(ctx, asked, lowWatermarks, left);
    }

    private static void finish(
            RequestContext ctx, List<PartitionLookup.Asked<Long>> asked, long[] lowWatermarks, AtomicInteger left) {
        if (left.decrementAndGet() > 0) {
            return;
        }
        DeleteRecordsResponseData response = new DeleteRecordsResponseData();
        for (int i = 0; i < lowWatermarks.length; i++) {
            PartitionLookup.Asked<Long> a = asked.get(i);
            DeleteRecordsResponseData.DeleteRecordsTopicResult topic =
                    response.topics().find(a.topic);
            if (topic == null) {
                topic = new DeleteRecordsResponseData.DeleteRecordsTopicResult().setName(a.topic);
                response.topics().add(topic);
            }
            topic.partitions()
                    .add(new DeleteRecordsResponseData.DeleteRecordsPartitionResult()
                            .setPartitionIndex(a.partition)
                            .setLowWatermark(lowWatermarks[i])
                            .setErrorCode(a.error.code()));
        }
        ctx.reply(response);
    }
}
