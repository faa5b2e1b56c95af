package io.braid.client.consumer;

import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.AbortedTransaction;
import org.apache.kafka.common.message.FetchResponseData.FetchableTopicResponse;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;

/**
 * What brokers' answers to fetches bring: records to keep, and errors, of the whole answer or of one partition. Owned as the
 * {@link Fetcher} is.
 */
final class FetchAnswers {
    private final FetchSettings settings;
    private final AssignedTopics assigned;
    private final ReceivedChunks received;
    private final FetchSessions sessions;
    private final Positions positions;
    private final Delays delays;
    private final ReadFailures failures;
    private long touched;

    FetchAnswers(
            FetchSettings settings,
            AssignedTopics assigned,
            ReceivedChunks received,
            FetchSessions sessions,
            Positions positions,
            Delays delays,
            ReadFailures failures) {
        this.settings = settings;
        this.assigned = assigned;
        this.received = received;
        this.sessions = sessions;
        this.positions = positions;
        this.delays = delays;
        this.failures = failures;
    }

    /** Partitions that answers were taken for, since the beginning. */
    long touched() {
        return touched;
    }

    /** See {@link Fetcher#onAnswer}. */
    boolean onAnswer(FetchSession.Call call, FetchResponseData response, Frame frame, long nowNs) {
        Errors error = Errors.forCode(response.errorCode());
        if (error != Errors.NONE) {
            frame.retain();
            frame.release();
            return onRefused(call.session(), error, nowNs);
        }
        received.receive(frame);
        try {
            return onPartitions(call, response, frame, nowNs);
        } finally {
            received.release(frame);
        }
    }

    private boolean onPartitions(FetchSession.Call call, FetchResponseData response, Frame frame, long nowNs) {
        boolean stale = false;
        int answered = 0;
        for (FetchableTopicResponse topicData : response.responses()) {
            AssignedTopic topic = topicData.topic().isEmpty()
                    ? assigned.identified(topicData.topicId())
                    : assigned.named(topicData.topic());
            for (PartitionData data : topicData.partitions()) {
                answered++;
                AssignedPartition partition = topic == null ? null : topic.partitions.get(data.partitionIndex());
                if (partition != null
                        && partition.session == call.session()
                        && partition.joinedSerial <= call.serial()) {
                    touched++;
                    stale |= onData(partition, data, frame, nowNs);
                }
            }
        }
        call.session().onAnswer(call, response.sessionId(), answered);
        if (response.throttleTimeMs() > 0) {
            call.session().rest(nowNs + response.throttleTimeMs() * 1_000_000L);
        }
        return stale;
    }

    private boolean onRefused(FetchSession session, Errors error, long nowNs) {
        session.onRefused(error);
        if (error == Errors.FETCH_SESSION_ID_NOT_FOUND || error == Errors.INVALID_FETCH_SESSION_EPOCH) {
            return false;
        }
        sessions.rest(session, nowNs);
        return true;
    }

    // ---- of one partition: each returns whether it says that the routing table is old

    private boolean onData(AssignedPartition partition, PartitionData data, Frame frame, long nowNs) {
        Errors error = Errors.forCode(data.errorCode());
        if (error != Errors.NONE) {
            return onError(partition, error, nowNs);
        }
        partition.failures = 0;
        if (data.highWatermark() >= 0) {
            partition.highWatermark = data.highWatermark();
            partition.lastStableOffset = data.lastStableOffset() >= 0 ? data.lastStableOffset() : data.highWatermark();
        }
        if (data.preferredReadReplica() >= 0) {
            partition.preferred = data.preferredReadReplica();
            partition.preferredUntilNs = nowNs + settings.preferredForNs();
            sessions.place(partition, nowNs);
            return false;
        }
        if (data.records() instanceof MemoryRecords records && records.sizeInBytes() > 0) {
            onRecords(partition, data, records, frame, nowNs);
        }
        return false;
    }

    private void onRecords(
            AssignedPartition partition, PartitionData data, MemoryRecords records, Frame frame, long nowNs) {
        List<AbortedTransaction> aborted =
                settings.readCommitted() && data.abortedTransactions() != null ? data.abortedTransactions() : List.of();
        if (!received.add(partition, records.buffer(), aborted, frame)) {
            positions.fail(
                    partition,
                    new UnreadableRecordException(
                            partition.name,
                            partition.fetchOffset,
                            partition.fetchOffset + 1,
                            "an answer without a whole batch of format 2",
                            null),
                    nowNs);
            return;
        }
        if (partition.session != null) {
            partition.session.touch(partition);
        }
        sessions.place(partition, nowNs);
    }

    private boolean onError(AssignedPartition partition, Errors error, long nowNs) {
        if (error == Errors.OFFSET_OUT_OF_RANGE) {
            onOutOfRange(partition, nowNs);
            return false;
        }
        if (error.exception() instanceof RetriableException
                || error == Errors.UNKNOWN_SERVER_ERROR
                || error == Errors.INCONSISTENT_TOPIC_ID) {
            partition.preferred = AssignedPartition.NO_BROKER;
            delays.delay(partition, nowNs);
            return true;
        }
        failures.put(partition, error.exception("partition " + partition.name + ": " + error.message()));
        delays.delay(partition, nowNs);
        return false;
    }

    private void onOutOfRange(AssignedPartition partition, long nowNs) {
        if (partition.preferred != AssignedPartition.NO_BROKER) { // a follower may be behind: the leader knows
            partition.preferred = AssignedPartition.NO_BROKER;
            sessions.place(partition, nowNs);
            return;
        }
        if (settings.reset().kind() == OffsetReset.Kind.NONE) {
            positions.fail(
                    partition, new OffsetOutOfRangeException(Map.of(partition.name, partition.fetchOffset)), nowNs);
            return;
        }
        if (partition.chunks.isEmpty() && partition.taken == null) {
            positions.beginByReset(partition, nowNs);
        } else { // what was fetched is read first: then it is asked again
            delays.delay(partition, nowNs);
        }
    }
}
