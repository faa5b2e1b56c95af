package io.braid.broker.offset;

import io.braid.broker.handler.ApiHandler;
import io.braid.broker.security.Caller;
import io.braid.log.OffsetAndTimestamp;
import io.braid.log.PartitionView;
import io.braid.log.SegmentGoneException;
import io.braid.protocol.network.RequestContext;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ListOffsetsResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * ListOffsets (versions 1 to 11): earliest, latest, by timestamp, of the largest timestamp (KIP-734), and the variants of
 * tiered storage (KIP-405, KIP-1005), of which there is none: all data is local. Thread-safe.
 */
public final class ListOffsetsHandler implements ApiHandler {
    private static final Logger LOG = LoggerFactory.getLogger(ListOffsetsHandler.class);

    private static final long LATEST = -1;
    private static final long EARLIEST = -2;
    private static final long MAX_TIMESTAMP = -3;
    private static final long EARLIEST_LOCAL = -4;
    private static final long LATEST_TIERED = -5;
    private static final long EARLIEST_PENDING_UPLOAD = -6;

    private static final int NO_EPOCH = -1;
    private static final short FIRST_VERSION_WITH_EPOCH = 4;
    private static final OffsetAndTimestamp UNKNOWN = new OffsetAndTimestamp(-1, -1, NO_EPOCH);

    private final PartitionLookup lookup;

    public ListOffsetsHandler(PartitionLookup lookup) {
        this.lookup = lookup;
    }

    @Override
    public void handle(RequestContext ctx) {
        ListOffsetsRequestData request = (ListOffsetsRequestData) ctx.body();
        List<PartitionLookup.Asked<Long>> asked = new ArrayList<>();
        Set<List<Object>> seen = new HashSet<>();
        for (ListOffsetsRequestData.ListOffsetsTopic topic : request.topics()) {
            for (ListOffsetsRequestData.ListOffsetsPartition p : topic.partitions()) {
                PartitionLookup.Asked<Long> one = new PartitionLookup.Asked<>(
                        topic.name(), p.partitionIndex(), p.currentLeaderEpoch(), p.timestamp());
                if (!seen.add(List.of(topic.name(), p.partitionIndex())) || !known(p.timestamp())) {
                    one.error = known(p.timestamp()) ? Errors.INVALID_REQUEST : Errors.UNSUPPORTED_VERSION;
                }
                asked.add(one);
            }
        }
        List<PartitionLookup.Asked<Long>> sound =
                asked.stream().filter(a -> a.error == Errors.NONE).toList();
        lookup.look(sound, Caller.of(ctx), AclOperation.DESCRIBE, () -> ctx.reply(answer(asked, ctx.apiVersion())));
    }

    private static boolean known(long timestamp) {
        return timestamp >= EARLIEST_PENDING_UPLOAD;
    }

    private static ListOffsetsResponseData answer(List<PartitionLookup.Asked<Long>> asked, short version) {
        ListOffsetsResponseData response = new ListOffsetsResponseData();
        ListOffsetsResponseData.ListOffsetsTopicResponse topic = null;
        for (PartitionLookup.Asked<Long> a : asked) {
            if (topic == null || !topic.name().equals(a.topic)) {
                topic = new ListOffsetsResponseData.ListOffsetsTopicResponse().setName(a.topic);
                response.topics().add(topic);
            }
            topic.partitions().add(partition(a, version));
        }
        return response;
    }

    private static ListOffsetsResponseData.ListOffsetsPartitionResponse partition(
            PartitionLookup.Asked<Long> a, short version) {
        OffsetAndTimestamp found = UNKNOWN;
        if (a.error == Errors.NONE) {
            try {
                found = find(a);
                if (found.equals(UNKNOWN) && !a.snapshot.settled() && a.request != LATEST_TIERED) {
                    a.error = Errors.OFFSET_NOT_AVAILABLE; // it may be among what is not known to be committed yet
                }
            } catch (SegmentGoneException e) {
                a.error = Errors.OFFSET_NOT_AVAILABLE; // retention was faster; the client asks again
            } catch (IOException e) {
                LOG.error("event=offset_lookup_failed topic={} partition={}", a.topic, a.partition, e);
                a.error = Errors.KAFKA_STORAGE_ERROR;
            }
        }
        return new ListOffsetsResponseData.ListOffsetsPartitionResponse()
                .setPartitionIndex(a.partition)
                .setErrorCode(a.error.code())
                .setOffset(found.offset())
                .setTimestamp(found.timestampMs())
                .setLeaderEpoch(version >= FIRST_VERSION_WITH_EPOCH ? found.leaderEpoch() : NO_EPOCH);
    }

    private static OffsetAndTimestamp find(PartitionLookup.Asked<Long> a) throws IOException {
        long end = a.snapshot.highWatermark();
        long what = a.request;
        if (what == LATEST) {
            // A new leader may not know yet what clients have seen (KIP-207).
            return !a.snapshot.settled() ? UNKNOWN : new OffsetAndTimestamp(end, -1, a.snapshot.leaderEpoch());
        }
        if (what == EARLIEST || what == EARLIEST_LOCAL || what == EARLIEST_PENDING_UPLOAD) {
            // What moved the log start may be in the log of a new leader and not be committed: it may still be taken
            // back.
            return !a.snapshot.settled()
                    ? UNKNOWN
                    : new OffsetAndTimestamp(a.snapshot.logStartOffset(), -1, epochAtStart(a));
        }
        if (what == LATEST_TIERED || a.snapshot.view().isEmpty()) {
            return UNKNOWN;
        }
        PartitionView view = a.snapshot.view().get();
        Optional<OffsetAndTimestamp> found =
                what == MAX_TIMESTAMP ? view.maxTimestamp(end) : view.offsetForTimestamp(what, end);
        return found.orElse(UNKNOWN);
    }

    private static int epochAtStart(PartitionLookup.Asked<Long> a) throws IOException {
        if (a.snapshot.view().isEmpty()) {
            return a.snapshot.leaderEpoch();
        }
        int epoch = a.snapshot.view().get().leaderEpochAt(a.snapshot.logStartOffset());
        return epoch >= 0 ? epoch : a.snapshot.leaderEpoch();
    }
}
