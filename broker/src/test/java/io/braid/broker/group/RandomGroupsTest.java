package io.braid.broker.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.broker.group.CoreDriver.Sent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.JoinGroupResponseData.JoinGroupResponseMember;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData.SyncGroupRequestAssignment;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Clients that join, sync, beat, commit, leave and fall silent at random, restarts of the coordinator among them, and
 * clients whose place another process took or that wake up after their generation. After every step: no partition has two
 * owners in one generation, a generation never goes back and begins with all who are in it, an assignment is told as it was
 * written, who is out of date is refused, who is silent too long is gone, and the log replayed gives the state there is.
 */
class RandomGroupsTest {
    private static final int PARTITIONS = 12;
    private static final int STEPS = 1500;
    private static final List<String> GROUPS = List.of("a", "b");

    private final CoreDriver driver = CoreDriver.withoutDelay();
    private final Map<String, Integer> generations = new HashMap<>();
    private final Map<String, Long> offsets = new HashMap<>();
    private final Map<String, ClassicGroupChanged> written = new HashMap<>();
    /** When a member was last heard of, by group and member id; and when the coordinator began anew, which forgives. */
    private final Map<String, Long> heard = new HashMap<>();
    /** Everybody who ever was, for requests of the past. */
    private final List<Client> everybody = new ArrayList<>();

    private int checked;

    /** A client that does what a consumer does, one request at a time. */
    private static final class Client {
        final String group;
        final String instanceId;
        final int version;
        String memberId = "";
        int generation = -1;
        boolean mustSync;
        Sent<JoinGroupResponseData> joining;
        Sent<SyncGroupResponseData> syncing;
        boolean syncChecked;
        int joinedGeneration = -1;
        List<JoinGroupResponseMember> led = List.of();
        Set<Integer> owned = Set.of();

        Client(String group, String instanceId, int version) {
            this.group = group;
            this.instanceId = instanceId;
            this.version = version;
        }

        void reset() {
            generation = -1;
            joining = null;
            syncing = null;
            mustSync = false;
            owned = Set.of();
        }
    }

    private final List<Client> clients = new ArrayList<>();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void nobodySharesAPartitionAndTheLogSaysItAll(long seed) {
        Random random = new Random(seed);
        driver.createTopic("t", PARTITIONS);
        for (int step = 0; step < STEPS; step++) {
            step(random);
            checkGenerations();
            checkJoins();
            checkSyncs();
            checkOwners();
            checkSessions();
            if (step % 50 == 0) {
                assertThat(CoreDriver.stateOf(driver.replayed())).isEqualTo(CoreDriver.stateOf(driver.core));
            }
        }
        assertThat(generations.values()).as("rebalances").anyMatch(generation -> generation > 20);
        everyoneIsAnsweredInTheEnd();
    }

    // ---- steps

    private void step(Random random) {
        int what = random.nextInt(100);
        if (what < 5 && clients.size() < 8) {
            String group = GROUPS.get(random.nextInt(GROUPS.size()));
            boolean isStatic = random.nextInt(3) == 0;
            clients.add(new Client(group, isStatic ? "i" + random.nextInt(3) : null, random.nextBoolean() ? 9 : 5));
            everybody.add(clients.get(clients.size() - 1));
        } else if (what < 12) {
            driver.pass(random.nextInt(4000));
        } else if (what < 13) {
            driver.pass(CoreDriver.SESSION_MS + 1);
        } else if (what < 14) {
            driver.restart();
            heard.clear();
            driver.core.groups().forEach(group -> ((ClassicGroup) group)
                    .members()
                    .forEach(member -> heard.put(group.groupId() + member.memberId(), driver.nowMs)));
            clients.forEach(client -> {
                client.joining = null;
                client.syncing = null;
            });
        } else if (what < 20 && !everybody.isEmpty()) {
            outOfDate(everybody.get(random.nextInt(everybody.size())), random);
        } else if (!clients.isEmpty()) {
            act(clients.get(random.nextInt(clients.size())), random);
        }
    }

    private void act(Client client, Random random) {
        if (client.joining != null || client.syncing != null) {
            if (takeJoin(client) || takeSync(client)) {
                return;
            }
        }
        if (client.joining != null || client.syncing != null) {
            return;
        }
        if (client.mustSync) {
            client.mustSync = false;
            client.syncing = sync(client);
            return;
        }
        int what = random.nextInt(20);
        if (what == 0) {
            clients.remove(client); // killed: it says nothing any more
        } else if (what == 1 && !client.memberId.isEmpty()) {
            driver.leave(
                    client.group,
                    new MemberIdentity().setMemberId(client.memberId).setGroupInstanceId(client.instanceId));
            client.owned = Set.of();
            clients.remove(client);
        } else if (client.generation < 0) {
            client.owned = Set.of();
            client.joining = driver.join(
                    CoreDriver.joinRequest(client.group, client.memberId, "range")
                            .setGroupInstanceId(client.instanceId),
                    client.version);
        } else if (what < 5) {
            commit(client, random);
        } else {
            Errors error = beat(client, client.generation);
            onError(client, error);
        }
    }

    /** Somebody asks with what it knew, or with a generation before: it is believed only if that is how things are. */
    private void outOfDate(Client client, Random random) {
        int generation = client.joinedGeneration - random.nextInt(2);
        if (client.memberId.isEmpty() || generation < 0) {
            return;
        }
        if (random.nextBoolean()) {
            beat(client, generation);
            return;
        }
        int partition = random.nextInt(PARTITIONS);
        String key = client.group + partition;
        boolean member = isMember(client, generation);
        long before = driver.committed(client.group, "t", partition);
        Errors error = driver.commit(
                client.group, client.memberId, client.instanceId, generation, "t", partition, before + 1000);
        if (error == Errors.NONE) {
            assertThat(member)
                    .as("a commit of %s in %s", client.memberId, generation)
                    .isTrue();
            heard(client);
            offsets.put(key, before + 1000);
        } else {
            assertThat(driver.committed(client.group, "t", partition)).isEqualTo(before);
        }
    }

    private Errors beat(Client client, int generation) {
        Errors error = driver.heartbeat(client.group, generation, client.memberId, client.instanceId);
        if (error == Errors.NONE) {
            assertThat(isMember(client, generation))
                    .as("a heartbeat of %s in %s", client.memberId, generation)
                    .isTrue();
        }
        if (error == Errors.NONE || error == Errors.REBALANCE_IN_PROGRESS) {
            heard(client);
        }
        return error;
    }

    private void heard(Client client) {
        heard.put(client.group + client.memberId, driver.nowMs);
    }

    private Optional<ClassicGroup> group(String groupId) {
        return driver.core.groups().stream()
                .filter(group -> group.groupId().equals(groupId))
                .map(group -> (ClassicGroup) group)
                .findFirst();
    }

    /** Whether the coordinator has this client, in the place of its instance if it has one, in that generation. */
    private boolean isMember(Client client, int generation) {
        return group(client.group)
                .filter(group -> group.generation() == generation)
                .flatMap(group -> client.instanceId == null
                        ? group.member(client.memberId)
                        : group.memberOfInstance(client.instanceId))
                .filter(member -> member.memberId().equals(client.memberId))
                .isPresent();
    }

    private void commit(Client client, Random random) {
        for (int partition : client.owned) {
            String key = client.group + partition;
            long next = offsets.getOrDefault(key, 0L) + random.nextInt(3);
            Errors error = driver.commit(
                    client.group, client.memberId, client.instanceId, client.generation, "t", partition, next);
            if (error == Errors.NONE) {
                assertThat(isMember(client, client.generation)).isTrue();
                heard(client);
                offsets.put(key, next);
                assertThat(driver.committed(client.group, "t", partition)).isEqualTo(next);
            }
        }
    }

    private void onError(Client client, Errors error) {
        if (error == Errors.UNKNOWN_MEMBER_ID || error == Errors.FENCED_INSTANCE_ID) {
            client.memberId = "";
            client.reset();
        } else if (error != Errors.NONE) {
            client.reset();
        }
    }

    // ---- answers

    private boolean takeJoin(Client client) {
        if (client.joining == null || !client.joining.isDone()) {
            return false;
        }
        JoinGroupResponseData answer = client.joining.answer;
        client.joining = null;
        Errors error = Errors.forCode(answer.errorCode());
        if (error == Errors.MEMBER_ID_REQUIRED) {
            client.memberId = answer.memberId();
        } else if (error != Errors.NONE) {
            onError(client, error);
        } else {
            client.memberId = answer.memberId();
            client.generation = answer.generationId();
            client.joinedGeneration = answer.generationId();
            boolean leads = answer.leader().equals(answer.memberId()) && !answer.skipAssignment();
            client.led = leads ? answer.members() : List.of();
            client.mustSync = true;
        }
        return true;
    }

    private Sent<SyncGroupResponseData> sync(Client client) {
        SyncGroupRequestData request = new SyncGroupRequestData()
                .setGroupId(client.group)
                .setGenerationId(client.generation)
                .setMemberId(client.memberId)
                .setGroupInstanceId(client.instanceId);
        for (int i = 0; i < client.led.size(); i++) {
            byte[] partitions = new byte[PARTITIONS];
            for (int p = 0; p < PARTITIONS; p++) {
                partitions[p] = (byte) (p % client.led.size() == i ? 1 : 0);
            }
            request.assignments()
                    .add(new SyncGroupRequestAssignment()
                            .setMemberId(client.led.get(i).memberId())
                            .setAssignment(partitions));
        }
        client.syncChecked = false;
        return driver.ask(reply -> new SyncGroup(request, CoreDriver.from(5), reply));
    }

    private boolean takeSync(Client client) {
        if (client.syncing == null || !client.syncing.isDone()) {
            return false;
        }
        SyncGroupResponseData answer = client.syncing.answer;
        client.syncing = null;
        Errors error = Errors.forCode(answer.errorCode());
        onError(client, error);
        if (error == Errors.NONE) {
            client.owned = new HashSet<>();
            for (int p = 0; p < answer.assignment().length; p++) {
                if (answer.assignment()[p] == 1) {
                    client.owned.add(p);
                }
            }
        }
        return true;
    }

    // ---- invariants

    /** A generation has those in it who joined for it, and static members who may be away. */
    private void checkJoins() {
        List<JoinGroupResponseData> fresh = new ArrayList<>();
        List<String> groups = new ArrayList<>();
        for (Client client : everybody) {
            if (client.joining == null || client.joining.answer == null) {
                continue;
            }
            JoinGroupResponseData answer = client.joining.answer;
            if (answer.errorCode() != Errors.NONE.code() || client.joinedGeneration == answer.generationId()) {
                continue;
            }
            heard.put(client.group + answer.memberId(), driver.nowMs);
            client.memberId = answer.memberId();
            client.joinedGeneration = answer.generationId();
            if (!answer.skipAssignment()) {
                fresh.add(answer);
                groups.add(client.group);
            }
        }
        for (int i = 0; i < fresh.size(); i++) {
            JoinGroupResponseData answer = fresh.get(i);
            for (JoinGroupResponseMember row : answer.members()) {
                assertThat(row.groupInstanceId() != null || hasJoined(groups.get(i), row, answer.generationId()))
                        .as("%s is in generation %s", row.memberId(), answer.generationId())
                        .isTrue();
            }
        }
    }

    private boolean hasJoined(String group, JoinGroupResponseMember row, int generation) {
        return everybody.stream()
                .anyMatch(client -> client.group.equals(group)
                        && client.memberId.equals(row.memberId())
                        && client.joinedGeneration >= generation);
    }

    /** An assignment is that of the generation as it was written, and of nobody else. */
    private void checkSyncs() {
        for (Client client : everybody) {
            if (client.syncing == null || client.syncing.answer == null || client.syncChecked) {
                continue;
            }
            client.syncChecked = true;
            if (client.syncing.answer.errorCode() == Errors.NONE.code()) {
                ClassicGroupChanged last = written.get(client.group);
                assertThat(last.generation()).as("generation that is told").isEqualTo(client.generation);
                assertThat(last.members())
                        .filteredOn(member -> member.memberId().equals(client.memberId))
                        .singleElement()
                        .satisfies(member ->
                                assertThat(client.syncing.answer.assignment()).isEqualTo(member.assignment()));
                heard(client);
            }
        }
    }

    /** Whoever is in a group that is at rest was heard of within its session. */
    private void checkSessions() {
        for (Group of : driver.core.groups()) {
            ClassicGroup group = (ClassicGroup) of;
            if (group.state() == ClassicState.STABLE) {
                for (ClassicMember member : group.members()) {
                    long silentMs =
                            driver.nowMs - heard.getOrDefault(group.groupId() + member.memberId(), driver.nowMs);
                    assertThat(silentMs)
                            .as("silence of %s", member.memberId())
                            .isLessThanOrEqualTo(CoreDriver.SESSION_MS);
                }
                assertThat(group.members().stream()
                                .filter(ClassicMember::isStatic)
                                .map(ClassicMember::instanceId))
                        .doesNotHaveDuplicates();
            }
        }
    }

    private void checkOwners() {
        Map<String, Client> owners = new HashMap<>();
        for (Client client : clients) {
            boolean believed = driver.core.groups().stream()
                    .filter(group -> group.groupId().equals(client.group))
                    .map(group -> (ClassicGroup) group)
                    .anyMatch(group -> group.generation() == client.generation
                            && group.member(client.memberId).isPresent());
            if (believed) {
                for (int partition : client.owned) {
                    Client other = owners.put(client.group + partition, client);
                    assertThat(other).as("owners of %s", partition).isNull();
                }
            }
        }
    }

    private void checkGenerations() {
        for (; checked < driver.log.size(); checked++) {
            if (driver.log.get(checked) instanceof ClassicGroupRemoved removed) {
                generations.remove(removed.groupId());
                written.remove(removed.groupId());
            } else if (driver.log.get(checked) instanceof ClassicGroupChanged changed) {
                int before = generations.getOrDefault(changed.groupId(), 0);
                assertThat(changed.generation()).isGreaterThanOrEqualTo(before);
                generations.put(changed.groupId(), changed.generation());
                written.put(changed.groupId(), changed);
            }
        }
    }

    private void everyoneIsAnsweredInTheEnd() {
        List<Client> waiting = clients.stream()
                .filter(client -> client.joining != null || client.syncing != null)
                .toList();
        driver.pass(10 * CoreDriver.REBALANCE_MS);
        assertThat(waiting)
                .allMatch(client -> client.joining == null || client.joining.isDone())
                .allMatch(client -> client.syncing == null || client.syncing.isDone());
        assertThat(driver.core.groups()).allMatch(Group::isEmpty);
    }
}
