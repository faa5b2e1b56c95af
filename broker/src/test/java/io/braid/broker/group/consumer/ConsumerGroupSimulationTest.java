package io.braid.broker.group.consumer;

import static io.braid.broker.group.consumer.Requests.beat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Clients that join, leave, fall silent, lose answers, revoke late and change their minds, a broker that restarts, topics
 * that come, grow and go: all from a seed. After every step: no partition is held twice, no client has what it does not
 * hold, epochs do not go back. At the end all settle on an assignment that leaves nothing out.
 */
class ConsumerGroupSimulationTest {

    private Random random;
    private GroupHarness h;
    private final List<Client> clients = new ArrayList<>();
    private final Map<String, Integer> memberEpochs = new HashMap<>();
    private int groupEpoch;
    private int assignmentEpoch;
    private int nextName;

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7})
    void noPartitionIsHeldTwiceWhateverHappens(int block) {
        for (int seed = block * 40; seed < block * 40 + 40; seed++) {
            try {
                run(seed);
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
    }

    private void run(int seed) {
        random = new Random(seed);
        h = new GroupHarness(new ConsumerGroupConfig(
                45_000,
                5_000,
                20,
                seed % 3 == 0 ? List.of("range", "uniform") : List.of("uniform", "range"),
                ConsumerGroupConfig.MigrationPolicy.BIDIRECTIONAL,
                seed % 2 == 0 ? 4_096 : 0));
        h.defer = seed % 2 == 1;
        clients.clear();
        memberEpochs.clear();
        groupEpoch = 0;
        assignmentEpoch = 0;
        h.createTopic("t0", 1 + random.nextInt(12));
        for (int step = 0; step < 150; step++) {
            step();
            check();
        }
        settle();
    }

    private void step() {
        switch (random.nextInt(16)) {
            case 0 -> join();
            case 1 -> {
                if (!clients.isEmpty() && random.nextInt(3) == 0) {
                    clients.remove(random.nextInt(clients.size())); // dies without a word
                }
            }
            case 2 -> {
                if (!clients.isEmpty()) {
                    any().leave();
                }
            }
            case 3 -> {
                if (random.nextInt(3) == 0) {
                    h.restart();
                } else {
                    h.compact();
                }
            }
            case 4 -> changeTopics();
            case 5 -> {
                if (!clients.isEmpty()) {
                    any().resubscribe();
                }
            }
            case 6 -> {
                // All heartbeat on time; whoever is silent for long is taken out.
                for (int i = 0; i < random.nextInt(12); i++) {
                    h.pass(5_000);
                    check();
                    List.copyOf(clients).forEach(Client::live);
                    check();
                }
            }
            case 7 -> {
                if (!h.computations.isEmpty()) {
                    h.decide(h.computations.poll().compute());
                }
            }
            default -> {
                if (!clients.isEmpty()) {
                    any().live();
                }
            }
        }
    }

    private Client any() {
        return clients.get(random.nextInt(clients.size()));
    }

    private void join() {
        if (clients.size() < 8) {
            Client client = new Client("m" + nextName++, random.nextInt(3) == 0 ? "i" + nextName : "");
            clients.add(client);
            client.live();
        }
    }

    private void changeTopics() {
        List<String> names = new ArrayList<>();
        h.image.forEachTopic(t -> names.add(t.name()));
        names.sort(null);
        switch (random.nextInt(4)) {
            case 0 -> {
                if (names.size() > 1) {
                    h.deleteTopic(names.get(random.nextInt(names.size())));
                }
            }
            case 1 -> {
                String name = names.get(random.nextInt(names.size()));
                h.growTopic(name, h.image.topic(name).orElseThrow().partitionCount() + 1 + random.nextInt(5));
            }
            default -> {
                String name = "t" + random.nextInt(4);
                if (!names.contains(name)) {
                    h.createTopic(name, 1 + random.nextInt(12));
                }
            }
        }
    }

    private void settle() {
        for (int round = 0; round < 60; round++) {
            h.compute();
            h.pass(5_000);
            List.copyOf(clients).forEach(c -> {
                c.prompt();
                check();
            });
        }
        if (clients.isEmpty()) {
            return;
        }
        assertEquals("Stable", h.group().stateName());
        h.image.forEachTopic(topic -> {
            PartitionRanges owned = PartitionRanges.EMPTY;
            boolean subscribed = false;
            for (Client client : clients) {
                PartitionRanges mine = client.owned.get(topic.id());
                assertFalse(owned.intersects(mine), "owned twice");
                owned = owned.plus(mine);
                boolean wants =
                        client.topics.contains(topic.name()) || topic.name().matches(client.regex);
                assertTrue(mine.isEmpty() || wants, "nobody asked for it");
                subscribed |= wants;
            }
            assertEquals(
                    subscribed ? PartitionRanges.of(0, topic.partitionCount()) : PartitionRanges.EMPTY,
                    owned,
                    topic.name());
        });
    }

    private void check() {
        ServerAssignedGroup group = h.groupOrNull();
        if (group == null) {
            return;
        }
        assertTrue(group.epoch() >= groupEpoch && group.assignmentEpoch() >= assignmentEpoch, "epochs go back");
        assertTrue(group.assignmentEpoch() <= group.epoch(), "targets from the future");
        groupEpoch = group.epoch();
        assignmentEpoch = group.assignmentEpoch();
        PartitionSet held = PartitionSet.EMPTY;
        for (Member member : group.members()) {
            PartitionSet mine = member.assigned().plus(member.pendingRevocation());
            assertFalse(held.intersects(mine), () -> "held twice: " + group.members());
            held = held.plus(mine);
            Integer before = memberEpochs.put(member.memberId(), member.epoch());
            assertTrue(
                    before == null || member.epoch() >= before || member.epoch() == Member.LEFT_TO_RETURN,
                    "member epoch goes back");
        }
        assertTrue(group.free(held).isEmpty(), "what is held is not free");
        for (Client client : clients) {
            Member member = group.member(client.id);
            if (member != null && client.epoch > 0) {
                assertTrue(member.holds(client.owned), () -> client.id + " has " + client.owned + " not " + member);
            }
        }
    }

    /** A consumer: takes its time to revoke, and says what it has only when that changed. */
    private final class Client {
        String id;
        final String instance;
        TreeSet<String> topics = new TreeSet<>();
        String regex = "";
        int epoch;
        PartitionSet owned = PartitionSet.EMPTY;
        PartitionSet target = PartitionSet.EMPTY;
        boolean full = true;
        boolean changed;
        boolean toAcknowledge;

        Client(String id, String instance) {
            this.id = id;
            this.instance = instance;
            choose();
        }

        private void choose() {
            topics.clear();
            regex = random.nextInt(4) == 0 ? "t[" + random.nextInt(3) + "-3]" : "";
            if (regex.isEmpty()) {
                topics.add("t0");
                topics.add("t" + random.nextInt(4));
            }
        }

        void resubscribe() {
            choose();
            changed = true;
        }

        /** One beat of its life, perhaps with an answer that is lost or a revocation that takes longer. */
        void live() {
            if (!owned.equals(target)) {
                if (random.nextInt(4) == 0) {
                    beatOnce(false);
                    return;
                }
                reconcile();
            }
            beatOnce(random.nextInt(10) == 0);
        }

        void prompt() {
            reconcile();
            beatOnce(false);
        }

        private void reconcile() {
            toAcknowledge |= !owned.equals(target);
            owned = target;
        }

        private void beatOnce(boolean loseAnswer) {
            ConsumerGroupHeartbeatRequestData request = beat(id, epoch);
            if (full || epoch == 0) {
                request.setRebalanceTimeoutMs(20_000 + random.nextInt(20_000));
                if (!instance.isEmpty()) {
                    request.setInstanceId(instance);
                }
            }
            if (full || changed || epoch == 0) {
                request.setSubscribedTopicNames(List.copyOf(topics)).setSubscribedTopicRegex(regex);
            }
            if (full || toAcknowledge || epoch == 0) {
                request.setTopicPartitions(Requests.topics(owned));
            }
            ConsumerGroupHeartbeatResponseData response = h.heartbeat(request);
            if (loseAnswer) {
                full = true;
                return;
            }
            Errors error = Errors.forCode(response.errorCode());
            if (error == Errors.NONE) {
                full = false;
                changed = false;
                toAcknowledge = false;
                epoch = response.memberEpoch();
                PartitionSet given = Requests.given(response);
                target = given == null ? target : given;
            } else {
                assertTrue(
                        error == Errors.FENCED_MEMBER_EPOCH
                                || error == Errors.UNKNOWN_MEMBER_ID
                                || error == Errors.FENCED_INSTANCE_ID,
                        error + " " + response.errorMessage());
                rejoin();
            }
        }

        private void rejoin() {
            epoch = 0;
            owned = PartitionSet.EMPTY;
            target = PartitionSet.EMPTY;
            full = true;
            toAcknowledge = false;
        }

        void leave() {
            boolean back = !instance.isEmpty() && random.nextBoolean();
            owned = PartitionSet.EMPTY;
            ConsumerGroupHeartbeatRequestData request = beat(id, back ? Member.LEFT_TO_RETURN : Member.LEFT);
            h.heartbeat(instance.isEmpty() ? request : request.setInstanceId(instance));
            if (back) {
                id = "m" + nextName++;
                rejoin();
            } else {
                clients.remove(this);
            }
        }
    }
}
