package io.braid.broker.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.broker.group.CoreDriver.Sent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
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
 * Clients that join, sync, beat, commit, leave and fall silent at random, restarts of the coordinator among them. After
 * every step: no partition has two owners in one generation, a generation never goes back, and the log replayed gives the
 * state there is.
 */
class RandomGroupsTest {
    private static final int PARTITIONS = 12;
    private static final int STEPS = 1500;
    private static final List<String> GROUPS = List.of("a", "b");

    private final CoreDriver driver = CoreDriver.withoutDelay();
    private final Map<String, Integer> generations = new HashMap<>();
    private final Map<String, Long> offsets = new HashMap<>();
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
            checkOwners();
            checkGenerations();
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
        } else if (what < 12) {
            driver.pass(random.nextInt(4000));
        } else if (what < 13) {
            driver.pass(CoreDriver.SESSION_MS + 1);
        } else if (what < 14) {
            driver.restart();
            clients.forEach(client -> {
                client.joining = null;
                client.syncing = null;
            });
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
            onError(client, driver.heartbeat(client.group, client.generation, client.memberId));
        }
    }

    private void commit(Client client, Random random) {
        for (int partition : client.owned) {
            String key = client.group + partition;
            long next = offsets.getOrDefault(key, 0L) + random.nextInt(3);
            Errors error = driver.commit(client.group, client.memberId, client.generation, "t", partition, next);
            if (error == Errors.NONE) {
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
            } else if (driver.log.get(checked) instanceof ClassicGroupChanged changed) {
                int before = generations.getOrDefault(changed.groupId(), 0);
                assertThat(changed.generation()).isGreaterThanOrEqualTo(before);
                generations.put(changed.groupId(), changed.generation());
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
