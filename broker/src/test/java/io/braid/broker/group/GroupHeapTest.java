package io.braid.broker.group;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Assignment;
import org.apache.kafka.clients.consumer.internals.ConsumerProtocol;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData.SyncGroupRequestAssignment;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a group and a member take of the coordinator's heap: heap in use after collection, with groups of one member and with
 * groups of five. {@code -Dbraid.heap.groups=10000} for the figures of docs/performance.md, which it prints.
 */
class GroupHeapTest {
    private static final int GROUPS = Integer.getInteger("braid.heap.groups", 2_000);
    private static final int PARTITIONS = 10;
    private static final int GROUP_LIMIT_BYTES = 4_000;
    private static final int MEMBER_LIMIT_BYTES = 2_500;

    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    void groupsAndMembersAreSmall(String protocol) {
        heap(protocol, 2, 100); // loads classes
        long ones = heap(protocol, 1, GROUPS);
        long fives = heap(protocol, 5, GROUPS);
        long member = (fives - ones) / (4L * GROUPS);
        long group = ones / GROUPS - member;
        System.out.printf(
                "heap of %,d groups of 5, %s protocol: %,d bytes; a group %,d and a member %,d%n",
                GROUPS, protocol, fives, group, member);
        assertThat(group).isLessThan(GROUP_LIMIT_BYTES);
        assertThat(member).isLessThan(MEMBER_LIMIT_BYTES);
    }

    private static long heap(String protocol, int members, int groups) {
        CoreDriver driver = CoreDriver.withoutDelay();
        Uuid topic = driver.createTopic("t", PARTITIONS);
        long before = used();
        for (int g = 0; g < groups; g++) {
            String group = "orders-service-" + g;
            if (protocol.equals("classic")) {
                classic(driver, group, members);
            } else {
                consumer(driver, topic, group, members);
            }
            driver.log.clear();
        }
        ((ArrayList<GroupRecord>) driver.log).trimToSize();
        long bytes = used() - before;
        assertThat(driver.core.groups()).hasSize(groups).allMatch(group -> group.stateName()
                .equals("Stable"));
        return bytes;
    }

    private static void classic(CoreDriver driver, String group, int members) {
        List<CoreDriver.Sent<JoinGroupResponseData>> joins = new ArrayList<>();
        for (int i = 0; i < members; i++) {
            joins.add(driver.join(group, ""));
        }
        String leader = joins.get(0).answer.memberId();
        JoinGroupResponseData led = members == 1
                ? joins.get(0).answer
                : driver.join(CoreDriver.joinRequest(group, leader, "range"), 3).answer;
        SyncGroupRequestData sync = new SyncGroupRequestData()
                .setGroupId(group)
                .setGenerationId(led.generationId())
                .setMemberId(leader);
        for (int i = 0; i < members; i++) {
            sync.assignments()
                    .add(new SyncGroupRequestAssignment()
                            .setMemberId(led.members().get(i).memberId())
                            .setAssignment(assignment(i, members)));
        }
        driver.ask((Reply<SyncGroupResponseData> reply) -> new SyncGroup(sync, CoreDriver.from(3), reply));
    }

    private static byte[] assignment(int member, int members) {
        List<TopicPartition> mine = new ArrayList<>();
        for (int p = member; p < PARTITIONS; p += members) {
            mine.add(new TopicPartition("t", p));
        }
        ByteBuffer bytes = ConsumerProtocol.serializeAssignment(new Assignment(mine));
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        return copy;
    }

    private static void consumer(CoreDriver driver, Uuid topic, String group, int members) {
        int[] epochs = new int[members];
        List<List<Integer>> owned = new ArrayList<>();
        for (int i = 0; i < members; i++) {
            owned.add(List.of());
        }
        // Everyone joins; then each takes what it is given and gives up what it has to, until that is all.
        for (int round = 0; round < 5; round++) {
            for (int i = 0; i < members; i++) {
                ConsumerGroupHeartbeatRequestData request = new ConsumerGroupHeartbeatRequestData()
                        .setGroupId(group)
                        .setMemberId(String.format("member-%015d", i))
                        .setMemberEpoch(epochs[i])
                        .setRebalanceTimeoutMs(epochs[i] == 0 ? CoreDriver.REBALANCE_MS : -1)
                        .setSubscribedTopicNames(epochs[i] == 0 ? List.of("t") : null)
                        .setTopicPartitions(of(topic, owned.get(i)));
                ConsumerGroupHeartbeatResponseData answer = driver.ask(
                                (Reply<ConsumerGroupHeartbeatResponseData> reply) -> new ConsumerHeartbeat(
                                        request, CoreDriver.from(1), driver.consumerProtocol, reply))
                        .answer;
                assertThat(answer.errorCode()).isEqualTo(Errors.NONE.code());
                epochs[i] = answer.memberEpoch();
                if (answer.assignment() != null) {
                    List<Integer> given = new ArrayList<>();
                    answer.assignment().topicPartitions().forEach(one -> given.addAll(one.partitions()));
                    owned.set(i, given);
                }
            }
        }
    }

    private static List<ConsumerGroupHeartbeatRequestData.TopicPartitions> of(Uuid topic, List<Integer> partitions) {
        return partitions.isEmpty()
                ? List.of()
                : List.of(new ConsumerGroupHeartbeatRequestData.TopicPartitions()
                        .setTopicId(topic)
                        .setPartitions(partitions));
    }

    private static long used() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
