package io.braid.broker.group;

import static io.braid.broker.group.consumer.Requests.beat;
import static io.braid.broker.group.consumer.Requests.join;
import static io.braid.broker.group.consumer.Requests.owns;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.braid.broker.group.consumer.ConsumerGroupConfig;
import io.braid.broker.group.consumer.GroupHarness;
import io.braid.broker.group.consumer.PartitionRanges;
import io.braid.broker.group.consumer.PartitionSet;
import io.braid.broker.group.consumer.Requests;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Assignment;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Subscription;
import org.apache.kafka.clients.consumer.internals.ConsumerProtocol;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupResponseData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Members of both protocols that come, leave and die in one group, which changes its protocol back and forth under them,
 * restarts included. At no time do two of them have one partition; at the end every partition has an owner.
 */
class MigrationSimulationTest {
    private static final int PARTITIONS = 7;

    private Random random;
    private GroupHarness h;
    private Uuid topic;
    private final List<Consumer> consumers = new ArrayList<>();
    private int nextName;

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5})
    void noPartitionHasTwoOwnersWhileTheProtocolChanges(int block) {
        int conversions = 0;
        for (int seed = block * 50; seed < block * 50 + 50; seed++) {
            try {
                conversions += run(seed);
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
        assertTrue(conversions > 50, "conversions=" + conversions);
    }

    /** Returns how often the group changed its protocol. */
    private int run(int seed) {
        random = new Random(seed);
        h = new GroupHarness(ConsumerGroupConfig.DEFAULT);
        topic = h.createTopic("t", PARTITIONS);
        consumers.clear();
        int conversions = 0;
        Optional<?> type = Optional.empty();
        for (int step = 0; step < 200; step++) {
            step();
            check();
            Optional<?> now = h.core().groups().stream().map(Group::type).findFirst();
            conversions += now.isPresent() && type.isPresent() && !now.equals(type) ? 1 : 0;
            type = now.isPresent() ? now : type;
        }
        settle();
        return conversions;
    }

    private void step() {
        int what = random.nextInt(30);
        if (what < 2 && consumers.size() < 5) {
            consumers.add(random.nextBoolean() ? new Modern() : new Classic(random.nextBoolean()));
        } else if (what == 2 && !consumers.isEmpty()) {
            Consumer leaving = consumers.remove(random.nextInt(consumers.size()));
            leaving.owned = Set.of();
            leaving.leave();
        } else if (what == 3 && !consumers.isEmpty() && random.nextInt(3) == 0) {
            consumers.remove(random.nextInt(consumers.size())); // dies without a word
        } else if (what == 4 && random.nextInt(3) == 0) {
            h.restart();
            consumers.forEach(Consumer::onDisconnect);
        } else if (what == 5 && random.nextInt(3) == 0) {
            h.compact();
        } else if (what < 7) {
            for (int i = 0; i < random.nextInt(20); i++) {
                everybody();
            }
        } else if (!consumers.isEmpty()) {
            consumers.get(random.nextInt(consumers.size())).act();
            check();
        }
    }

    private void everybody() {
        h.pass(500);
        check();
        for (Consumer consumer : List.copyOf(consumers)) {
            consumer.act();
            check();
        }
    }

    private void settle() {
        for (int i = 0; i < 240; i++) {
            everybody();
        }
        Set<Integer> owned = new HashSet<>();
        consumers.forEach(c -> owned.addAll(c.owned));
        assertEquals(consumers.isEmpty() ? 0 : PARTITIONS, owned.size(), () -> "left out: " + consumers);
        h.restart();
    }

    private void check() {
        Set<Integer> owned = new HashSet<>();
        for (Consumer consumer : consumers) {
            for (int partition : consumer.owned) {
                assertTrue(owned.add(partition), () -> partition + " has two owners: " + consumers);
            }
        }
    }

    // ---- clients

    private abstract static class Consumer {
        String id = "";
        int epoch;
        Set<Integer> owned = Set.of();

        abstract void act();

        abstract void leave();

        void onDisconnect() {}

        @Override
        public String toString() {
            return getClass().getSimpleName() + " " + id + " epoch=" + epoch + " owned=" + owned;
        }
    }

    private final class Modern extends Consumer {
        private boolean acknowledge;

        Modern() {
            id = "modern" + nextName++;
        }

        @Override
        void act() {
            var request = epoch == 0 ? join(id, "t") : acknowledge ? owns(id, epoch, set()) : beat(id, epoch);
            ConsumerGroupHeartbeatResponseData response = h.heartbeat(request);
            Errors error = Errors.forCode(response.errorCode());
            acknowledge = false;
            if (error != Errors.NONE) {
                assertTrue(error == Errors.UNKNOWN_MEMBER_ID || error == Errors.FENCED_MEMBER_EPOCH, error.name());
                epoch = 0;
                owned = Set.of();
                return;
            }
            epoch = response.memberEpoch();
            PartitionSet given = Requests.given(response);
            if (given != null) {
                Set<Integer> now = new TreeSet<>();
                given.get(topic).forEach(now::add);
                owned = now;
                acknowledge = true;
            }
        }

        private PartitionSet set() {
            return PartitionSet.of(
                    topic,
                    PartitionRanges.ofPartitions(owned.stream().mapToInt(p -> p).toArray()));
        }

        @Override
        void leave() {
            h.heartbeat(beat(id, -1));
        }
    }

    /** As the consumer of kafka-clients: one request at a time, a cooperative one keeps what it has while it joins. */
    private final class Classic extends Consumer {
        private final boolean cooperative;
        private boolean mustJoin = true;
        private JoinGroupResponseData joined;
        private final List<JoinGroupResponseData> joining = new ArrayList<>();
        private final List<SyncGroupResponseData> syncing = new ArrayList<>();
        private boolean joinSent;
        private boolean syncSent;

        Classic(boolean cooperative) {
            this.cooperative = cooperative;
            this.epoch = -1;
        }

        @Override
        void act() {
            if (joinSent) {
                if (!joining.isEmpty()) {
                    joinSent = false;
                    onJoined(joining.remove(0));
                }
            } else if (syncSent) {
                if (!syncing.isEmpty()) {
                    syncSent = false;
                    onSynced(syncing.remove(0));
                }
            } else if (mustJoin) {
                sendJoin();
            } else if (joined != null) {
                sendSync();
            } else {
                HeartbeatRequestData request = new HeartbeatRequestData()
                        .setGroupId(GroupHarness.GROUP)
                        .setMemberId(id)
                        .setGenerationId(epoch);
                HeartbeatResponseData beat =
                        h.call((turn, reply) -> new Heartbeat(request, from(4), reply).decide(turn));
                onError(Errors.forCode(beat.errorCode()));
            }
        }

        private void onError(Errors error) {
            if (error == Errors.NONE) {
                return;
            }
            assertTrue(
                    error == Errors.REBALANCE_IN_PROGRESS
                            || error == Errors.UNKNOWN_MEMBER_ID
                            || error == Errors.ILLEGAL_GENERATION,
                    error.name());
            mustJoin = true;
            joined = null;
            if (error != Errors.REBALANCE_IN_PROGRESS) {
                owned = Set.of();
                epoch = -1;
                id = error == Errors.UNKNOWN_MEMBER_ID ? "" : id;
            }
        }

        private void sendJoin() {
            if (!cooperative) {
                owned = Set.of();
            }
            ByteBuffer subscription = ConsumerProtocol.serializeSubscription(
                    new Subscription(List.of("t"), null, partitions(owned), epoch, Optional.empty()));
            JoinGroupRequestData request = new JoinGroupRequestData()
                    .setGroupId(GroupHarness.GROUP)
                    .setMemberId(id)
                    .setProtocolType("consumer")
                    .setSessionTimeoutMs(10_000)
                    .setRebalanceTimeoutMs(30_000);
            request.protocols()
                    .add(new JoinGroupRequestData.JoinGroupRequestProtocol()
                            .setName("p")
                            .setMetadata(bytes(subscription)));
            joinSent = true;
            h.<JoinGroupResponseData>ask(
                    (turn, reply) -> new JoinGroup(request, from(9), h.config, reply).decide(turn), joining::add);
        }

        private void onJoined(JoinGroupResponseData response) {
            Errors error = Errors.forCode(response.errorCode());
            if (error == Errors.MEMBER_ID_REQUIRED) {
                id = response.memberId();
                return;
            }
            if (error != Errors.NONE) {
                onError(error);
                return;
            }
            mustJoin = false;
            id = response.memberId();
            epoch = response.generationId();
            joined = response;
        }

        private void sendSync() {
            SyncGroupRequestData request = new SyncGroupRequestData()
                    .setGroupId(GroupHarness.GROUP)
                    .setMemberId(id)
                    .setGenerationId(epoch)
                    .setProtocolType("consumer")
                    .setProtocolName("p");
            if (joined.leader().equals(id)) {
                assign(joined, request);
            }
            joined = null;
            syncSent = true;
            h.<SyncGroupResponseData>ask(
                    (turn, reply) -> new SyncGroup(request, from(5), reply).decide(turn), syncing::add);
        }

        /** Cooperative: who has what another should have loses it now, and the other gets it in the next round. */
        private void assign(JoinGroupResponseData group, SyncGroupRequestData request) {
            Map<String, Set<Integer>> has = new TreeMap<>();
            group.members().forEach(m -> {
                Set<Integer> set = new TreeSet<>();
                ConsumerProtocol.deserializeSubscription(ByteBuffer.wrap(m.metadata()))
                        .ownedPartitions()
                        .forEach(p -> set.add(p.partition()));
                has.put(m.memberId(), set);
            });
            List<String> members = List.copyOf(has.keySet());
            Map<String, Set<Integer>> gets = new TreeMap<>();
            members.forEach(m -> gets.put(m, new TreeSet<>()));
            for (int p = 0; p < PARTITIONS; p++) {
                int partition = p;
                String owner = members.get(p % members.size());
                boolean others = has.entrySet().stream()
                        .anyMatch(e -> !e.getKey().equals(owner) && e.getValue().contains(partition));
                if (!others) {
                    gets.get(owner).add(p);
                }
            }
            gets.forEach((member, set) -> request.assignments()
                    .add(new SyncGroupRequestData.SyncGroupRequestAssignment()
                            .setMemberId(member)
                            .setAssignment(
                                    bytes(ConsumerProtocol.serializeAssignment(new Assignment(partitions(set)))))));
        }

        private void onSynced(SyncGroupResponseData response) {
            Errors error = Errors.forCode(response.errorCode());
            if (error != Errors.NONE) {
                onError(error);
                return;
            }
            Set<Integer> given = new TreeSet<>();
            ConsumerProtocol.deserializeAssignment(ByteBuffer.wrap(response.assignment()))
                    .partitions()
                    .forEach(p -> given.add(p.partition()));
            mustJoin = !given.containsAll(owned); // it gave something up, and says so
            owned = given;
        }

        @Override
        void onDisconnect() {
            if (joinSent || syncSent) { // the answer will not come
                joinSent = false;
                syncSent = false;
                mustJoin = true;
                joined = null;
            }
            joining.clear();
            syncing.clear();
        }

        @Override
        void leave() {
            LeaveGroupRequestData request = new LeaveGroupRequestData()
                    .setGroupId(GroupHarness.GROUP)
                    .setMembers(List.of(new LeaveGroupRequestData.MemberIdentity().setMemberId(id)));
            LeaveGroupResponseData left = h.call((turn, reply) -> new LeaveGroup(request, from(5), reply).decide(turn));
            assertEquals(1, left.members().size());
        }

        private List<TopicPartition> partitions(Set<Integer> numbers) {
            return numbers.stream().map(p -> new TopicPartition("t", p)).toList();
        }
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }

    private static RequestInfo from(int version) {
        return new RequestInfo("classic", "/127.0.0.1", (short) version);
    }
}
