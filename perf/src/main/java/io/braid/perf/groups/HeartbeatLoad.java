package io.braid.perf.groups;

import io.braid.perf.measure.LatencyRecorder;
import io.braid.perf.wire.Connection;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;

/** Heartbeats of very many members over one connection, several on their way at a time. Owned by one thread; blocks. */
final class HeartbeatLoad implements AutoCloseable {
    private static final short HEARTBEAT = 1;
    private static final short FIND = 4;
    private static final byte GROUP = 0;
    private static final int IN_FLIGHT = 16;
    private static final long RETRY_MS = 50;
    private static final long JOIN_LIMIT_NS = TimeUnit.MINUTES.toNanos(3);

    private record Sent(HeartbeatMember member, long sentNs) {}

    private final Connection connection;
    private final List<HeartbeatMember> members;
    private final ArrayDeque<Sent> sent = new ArrayDeque<>();

    /** @param broker that coordinates all of the groups */
    HeartbeatLoad(InetSocketAddress broker, List<HeartbeatMember> members) throws IOException {
        this.connection = new Connection(broker);
        this.members = List.copyOf(members);
    }

    /** Asks for the groups' coordinators until all have one: the broker then has the topic that it keeps groups in. */
    void awaitCoordinators() throws IOException, InterruptedException {
        long deadlineNs = System.nanoTime() + JOIN_LIMIT_NS;
        while (!coordinated()) {
            if (System.nanoTime() - deadlineNs >= 0) {
                throw new IOException("the groups have no coordinator after three minutes");
            }
            TimeUnit.MILLISECONDS.sleep(RETRY_MS);
        }
    }

    private boolean coordinated() throws IOException {
        connection.send(
                ApiKeys.FIND_COORDINATOR,
                FIND,
                new FindCoordinatorRequestData()
                        .setKeyType(GROUP)
                        .setCoordinatorKeys(
                                members.stream().map(HeartbeatMember::group).toList()));
        var answer = connection.receive(ApiKeys.FIND_COORDINATOR, FIND);
        return new FindCoordinatorResponseData(new ByteBufferAccessor(answer), FIND)
                .coordinators().stream().allMatch(one -> one.errorCode() == Errors.NONE.code());
    }

    /**
     * Lets all members join, and own what they are given.
     *
     * @throws IOException a member has not joined after three minutes
     */
    void join() throws IOException, InterruptedException {
        long deadlineNs = System.nanoTime() + JOIN_LIMIT_NS;
        List<HeartbeatMember> open = members;
        LatencyRecorder ignored = new LatencyRecorder();
        while (!open.isEmpty()) {
            boolean waited = false;
            for (HeartbeatMember member : open) {
                waited |= send(member, ignored);
            }
            waited |= drain(ignored);
            open = new ArrayList<>(
                    open.stream().filter(member -> !member.joined()).toList());
            if (System.nanoTime() - deadlineNs >= 0) {
                throw new IOException(open.size() + " members have not joined after three minutes");
            }
            if (waited) {
                TimeUnit.MILLISECONDS.sleep(RETRY_MS);
            }
        }
    }

    /**
     * Sends heartbeats of all members in turn, as many as are answered.
     *
     * @return how many were sent
     */
    long beat(long lengthNs, LatencyRecorder took) throws IOException {
        long endNs = System.nanoTime() + lengthNs;
        long count = 0;
        while (System.nanoTime() - endNs < 0) {
            send(members.get((int) (count++ % members.size())), took);
        }
        drain(took);
        return count;
    }

    /** @return whether an answer was that it is to be tried again */
    private boolean send(HeartbeatMember member, LatencyRecorder took) throws IOException {
        boolean again = sent.size() == IN_FLIGHT && receive(took);
        connection.send(ApiKeys.CONSUMER_GROUP_HEARTBEAT, HEARTBEAT, member.next());
        sent.add(new Sent(member, System.nanoTime()));
        return again;
    }

    private boolean drain(LatencyRecorder took) throws IOException {
        boolean again = false;
        while (!sent.isEmpty()) {
            again |= receive(took);
        }
        return again;
    }

    private boolean receive(LatencyRecorder took) throws IOException {
        var answer = connection.receive(ApiKeys.CONSUMER_GROUP_HEARTBEAT, HEARTBEAT);
        Sent one = sent.remove();
        took.record(System.nanoTime() - one.sentNs());
        return one.member()
                        .take(new ConsumerGroupHeartbeatResponseData(new ByteBufferAccessor(answer), HEARTBEAT))
                != Errors.NONE;
    }

    @Override
    public void close() throws IOException {
        connection.close();
    }
}
