package io.braid.client.consumer;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.FetchableTopicResponse;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;

/** A broker's side of incremental fetch sessions, as KIP-227 describes it, over logs that all brokers share. */
final class SimulatedBroker {
    private final int id;
    private final Uuid topic;
    private final List<SimulatedLog> logs;
    private final Random random;
    private final Map<Integer, Session> sessions = new HashMap<>();
    private int nextSessionId = 100;

    /** What a session remembers. */
    private static final class Session {
        int nextEpoch = 1;
        final Map<Integer, Long> offsets = new TreeMap<>();
        final Set<Integer> told = new HashSet<>();
    }

    SimulatedBroker(int id, Uuid topic, List<SimulatedLog> logs, Random random) {
        this.id = id;
        this.topic = topic;
        this.logs = logs;
        this.random = random;
    }

    void forgetSessions() {
        sessions.clear();
    }

    int sessions() {
        return sessions.size();
    }

    FetchResponseData answer(FetchRequestData request) {
        if (request.sessionEpoch() == 0) {
            sessions.remove(request.sessionId());
            Session session = new Session();
            int sessionId = random.nextInt(10) == 0 ? 0 : nextSessionId++;
            if (sessionId != 0) {
                sessions.put(sessionId, session);
            }
            update(session, request);
            return answer(request, session, sessionId, true);
        }
        Session session = sessions.get(request.sessionId());
        if (session == null) {
            return failed(Errors.FETCH_SESSION_ID_NOT_FOUND);
        }
        if (session.nextEpoch != request.sessionEpoch() || random.nextInt(50) == 0) {
            return failed(Errors.INVALID_FETCH_SESSION_EPOCH);
        }
        session.nextEpoch++;
        update(session, request);
        return answer(request, session, request.sessionId(), false);
    }

    private static FetchResponseData failed(Errors error) {
        return new FetchResponseData().setErrorCode(error.code());
    }

    private static void update(Session session, FetchRequestData request) {
        request.topics().forEach(t -> t.partitions().forEach(p -> {
            session.offsets.put(p.partition(), p.fetchOffset());
            session.told.remove(p.partition());
        }));
        // Last, as Apache Kafka does it, and Braid.
        request.forgottenTopicsData().forEach(t -> t.partitions().forEach(session.offsets::remove));
    }

    private FetchResponseData answer(FetchRequestData request, Session session, int sessionId, boolean full) {
        FetchableTopicResponse found = new FetchableTopicResponse().setTopicId(topic);
        int left = request.maxBytes();
        List<Integer> order = new ArrayList<>(session.offsets.keySet());
        java.util.Collections.shuffle(order, random);
        for (int partition : order) {
            PartitionData data = data(partition, session.offsets.get(partition), left);
            boolean news = data.errorCode() != 0 || data.records().sizeInBytes() > 0 || session.told.add(partition);
            left -= data.records() == null ? 0 : data.records().sizeInBytes();
            if (full || news) {
                found.partitions().add(data);
            }
        }
        FetchResponseData response = new FetchResponseData().setSessionId(sessionId);
        if (!found.partitions().isEmpty()) {
            response.responses().add(found);
        }
        return response;
    }

    private PartitionData data(int partition, long offset, int maxBytes) {
        SimulatedLog log = logs.get(partition);
        PartitionData data = new PartitionData()
                .setPartitionIndex(partition)
                .setHighWatermark(log.end())
                .setRecords(MemoryRecords.EMPTY);
        if (log.leader != id) {
            return data.setErrorCode(Errors.NOT_LEADER_OR_FOLLOWER.code());
        }
        if (offset < log.start || offset > log.end()) {
            return data.setErrorCode(Errors.OFFSET_OUT_OF_RANGE.code());
        }
        Optional<MemoryRecords> records = maxBytes > 0 ? log.read(offset, Math.min(maxBytes, 600)) : Optional.empty();
        records.ifPresent(data::setRecords);
        return data;
    }
}
