package io.braid.client.consumer;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchRequestData.ForgottenTopic;
import org.apache.kafka.common.protocol.Errors;

/**
 * What one broker is asked for, incrementally (KIP-227): after a first request that names every partition, a request names those
 * that are new, those whose offset has moved, and those to forget. So it costs what had data, not what is assigned.
 *
 * <pre>
 * answer                                  the next request
 * to a full request, with a session id    epoch 1 of that session
 * to a full request, without              full again: the broker keeps no session for us
 * to an incremental one                   the next epoch
 * FETCH_SESSION_ID_NOT_FOUND              full, with a new session
 * any other error of the whole request    full, and the old session is closed
 * incomplete, or the connection was lost  full, and the old session is closed
 * </pre>
 *
 * <p>Owned as the {@link Fetcher} is.
 */
final class FetchSession {
    private static final int NO_SESSION = 0;
    private static final int INITIAL_EPOCH = 0;
    private static final int FINAL_EPOCH = -1;
    private static final short FIRST_VERSION_WITH_SESSIONS = 7;
    private static final short FIRST_VERSION_WITH_IDS = 13;

    final int broker;
    private final List<AssignedPartition> members = new ArrayList<>();
    private final Set<AssignedPartition> changed = new LinkedHashSet<>();
    private final Map<TopicPartition, AssignedPartition> forgotten =
            new LinkedHashMap<>(); // still listed at the broker
    private int id = NO_SESSION;
    private int epoch = INITIAL_EPOCH;
    private boolean byIds; // how the session's topics are named
    private boolean outdated; // reset while a request is in flight
    private boolean resting;
    private long restsUntilNs;
    private boolean inFlight;

    FetchSession(int broker) {
        this.broker = broker;
    }

    /**
     * A request of this session.
     *
     * @param full whether the answer has to name every partition of the request
     * @param named partitions in it
     */
    record Call(FetchSession session, long serial, FetchRequestData request, boolean full, int named) {}

    /** The request that ends the session at the broker, if there is one. */
    Optional<FetchRequestData> last() {
        return id == NO_SESSION
                ? Optional.empty()
                : Optional.of(new FetchRequestData().setSessionId(id).setSessionEpoch(FINAL_EPOCH));
    }

    boolean isEmpty() {
        return members.isEmpty();
    }

    boolean inFlight() {
        return inFlight;
    }

    /** Whether there is something to ask for, and nothing was asked that is not answered. */
    boolean maySend(long nowNs) {
        return !inFlight && !members.isEmpty() && !(resting && nowNs - restsUntilNs < 0);
    }

    /** How long {@link #rest} still lasts; {@link Long#MAX_VALUE} when it is over. */
    long restsNs(long nowNs) {
        return resting && nowNs - restsUntilNs < 0 ? restsUntilNs - nowNs : Long.MAX_VALUE;
    }

    void rest(long untilNs) {
        resting = true;
        restsUntilNs = untilNs;
    }

    List<AssignedPartition> members() {
        return members;
    }

    // ---- what is wanted

    void add(AssignedPartition partition) {
        partition.session = this;
        partition.memberIndex = members.size();
        partition.joinedSerial = Long.MAX_VALUE;
        members.add(partition);
        AssignedPartition listed = forgotten.get(partition.name);
        if (listed != null && isSame(listed.topic, partition.topic)) {
            // It may be another object of the same name. A broker forgets after it adds: both at once would lose the
            // partition.
            forgotten.remove(partition.name);
            partition.listedIn = this;
        }
        touch(partition);
    }

    private boolean isSame(AssignedTopic one, AssignedTopic other) {
        return !byIds || one.id.equals(other.id);
    }

    void remove(AssignedPartition partition) {
        AssignedPartition last = members.remove(members.size() - 1);
        if (!last.equals(partition)) {
            members.set(partition.memberIndex, last);
            last.memberIndex = partition.memberIndex;
        }
        partition.session = null;
        changed.remove(partition);
        if (partition.listedIn == this) {
            partition.listedIn = null;
            forgotten.put(partition.name, partition);
        }
    }

    /** The next request has to name the partition. */
    void touch(AssignedPartition partition) {
        changed.add(partition);
    }

    // ---- requests

    /**
     * The next request; its settings are the caller's to add.
     *
     * @param serial above that of all requests before
     * @param partitionMaxBytes of each partition
     */
    Call next(short version, long serial, int partitionMaxBytes) {
        boolean ids = version >= FIRST_VERSION_WITH_IDS;
        if (ids != byIds || version < FIRST_VERSION_WITH_SESSIONS) {
            reset(true);
            byIds = ids;
        }
        boolean full = epoch == INITIAL_EPOCH;
        FetchRequestData request = new FetchRequestData();
        if (version >= FIRST_VERSION_WITH_SESSIONS) {
            request.setSessionId(id).setSessionEpoch(epoch);
        }
        IdentityHashMap<AssignedTopic, FetchTopic> topics = new IdentityHashMap<>();
        int named = 0;
        for (AssignedPartition partition : full ? members : changed) {
            name(partition, request, topics, serial, partitionMaxBytes);
            named++;
        }
        changed.clear();
        if (!full) {
            forget(request);
        }
        forgotten.clear();
        inFlight = true;
        return new Call(this, serial, request, full, named);
    }

    private void name(
            AssignedPartition partition,
            FetchRequestData request,
            IdentityHashMap<AssignedTopic, FetchTopic> topics,
            long serial,
            int partitionMaxBytes) {
        FetchTopic topic = topics.get(partition.topic);
        if (topic == null) {
            topic = new FetchTopic();
            if (byIds) {
                topic.setTopicId(partition.topic.id);
            } else {
                topic.setTopic(partition.topic.name);
            }
            topics.put(partition.topic, topic);
            request.topics().add(topic);
        }
        topic.partitions()
                .add(new FetchPartition()
                        .setPartition(partition.partition)
                        .setCurrentLeaderEpoch(partition.leaderEpoch)
                        .setFetchOffset(partition.fetchOffset)
                        .setPartitionMaxBytes(partitionMaxBytes));
        partition.listedIn = this;
        if (partition.joinedSerial == Long.MAX_VALUE) {
            partition.joinedSerial = serial;
        }
    }

    private void forget(FetchRequestData request) {
        IdentityHashMap<AssignedTopic, ForgottenTopic> topics = new IdentityHashMap<>();
        for (AssignedPartition partition : forgotten.values()) {
            ForgottenTopic topic = topics.get(partition.topic);
            if (topic == null) {
                topic = new ForgottenTopic();
                if (byIds) {
                    topic.setTopicId(partition.topic.id);
                } else {
                    topic.setTopic(partition.topic.name);
                }
                topics.put(partition.topic, topic);
                request.forgottenTopicsData().add(topic);
            }
            topic.partitions().add(partition.partition);
        }
    }

    // ---- answers

    /**
     * An answer came without an error of its own.
     *
     * @param sessionId what the broker says
     * @param answered partitions in it that are the session's
     */
    void onAnswer(Call call, int sessionId, int answered) {
        inFlight = false;
        if (sessionId == NO_SESSION) {
            reset(false);
        } else if (outdated || (call.full() && answered < call.named())) {
            id = sessionId;
            reset(true);
        } else {
            id = sessionId;
            epoch = epoch == Integer.MAX_VALUE ? 1 : epoch + 1;
        }
    }

    /** The whole request was refused. */
    void onRefused(Errors error) {
        inFlight = false;
        reset(error != Errors.FETCH_SESSION_ID_NOT_FOUND);
    }

    /** No answer came. */
    void onLost() {
        inFlight = false;
        reset(true);
    }

    /** What the broker was told is not true any more, since a topic is another one now: everything is to be named anew. */
    void restart() {
        reset(true);
    }

    /** @param closing whether the old session is named, so that the broker drops it */
    private void reset(boolean closing) {
        id = closing ? id : NO_SESSION;
        epoch = INITIAL_EPOCH;
        forgotten.clear();
        outdated = inFlight;
    }
}
