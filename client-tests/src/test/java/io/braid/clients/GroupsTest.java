package io.braid.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.braid.client.consumer.PartitionSet;
import io.braid.client.consumer.group.ClassicAssignor;
import io.braid.client.consumer.group.GroupConfig;
import io.braid.client.consumer.group.GroupProtocol;
import io.braid.client.consumer.group.MemberState;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Groups of our members, and of ours and kafka-clients', at a live broker; subclasses say at which. */
abstract class GroupsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    abstract String bootstrap();

    private static GroupConfig.Builder config(String group, GroupProtocol protocol) {
        return GroupConfig.builder(group)
                .protocol(protocol)
                .sessionTimeout(Duration.ofMillis(1500))
                .heartbeatInterval(Duration.ofMillis(100))
                .classicAssignors(ClassicAssignor.COOPERATIVE_STICKY);
    }

    private TestMember member(String group, GroupProtocol protocol) {
        return new TestMember(bootstrap(), config(group, protocol).build());
    }

    private String topic(String name, int partitions) throws Exception {
        String topic = name + "-" + Uuid.randomUuid();
        RoundTrips.createTopic(bootstrap(), topic, partitions, Map.of());
        return topic;
    }

    static void await(String what, BooleanSupplier condition) throws InterruptedException {
        long startNs = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - startNs > PATIENCE.toNanos()) {
                throw new AssertionError("never: " + what);
            }
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    /** Each partition of the topic is at exactly one of these members, and each has some. */
    static boolean shared(String topic, int partitions, TestMember... members) {
        List<Integer> all = Arrays.stream(members)
                .flatMap(member -> member.owned(topic).stream())
                .sorted()
                .toList();
        return all.equals(IntStream.range(0, partitions).boxed().toList())
                && Stream.of(members).noneMatch(member -> member.owned(topic).isEmpty());
    }

    private static Map<TopicPartition, OffsetAndMetadata> offset(String topic, int partition, long offset) {
        return Map.of(new TopicPartition(topic, partition), new OffsetAndMetadata(offset));
    }

    @ParameterizedTest
    @EnumSource(names = {"CONSUMER", "CLASSIC"})
    void membersShareATopicAsTheyComeAndGo(GroupProtocol protocol) throws Exception {
        String topic = topic("shared", 12);
        String group = "share-" + topic;
        try (TestMember first = member(group, protocol).join(topic)) {
            await("all at the first", () -> shared(topic, 12, first));
            TestMember second = member(group, protocol).join(topic);
            await("half at each", () -> shared(topic, 12, first, second));
            assertThat(first.happened()).as("kept what stayed").noneMatch(event -> event.startsWith("lost"));
            try (TestMember third = member(group, protocol).join(topic)) {
                await("a third at each", () -> shared(topic, 12, first, second, third));
                second.close();
                await("half at each of those that stay", () -> shared(topic, 12, first, third));
            }
            await("all at the first again", () -> shared(topic, 12, first));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CONSUMER", "CLASSIC"})
    void whatWasCommittedIsWhereOthersResume(GroupProtocol protocol) throws Exception {
        String topic = topic("resumed", 4);
        String group = "resume-" + topic;
        TestMember first = member(group, protocol).join(topic);
        await("all at the first", () -> shared(topic, 4, first));
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        IntStream.range(0, 4)
                .forEach(p -> offsets.put(
                        new TopicPartition(topic, p), new OffsetAndMetadata(10L + p, Optional.of(0), "note " + p)));
        first.commit(offsets).get(30, TimeUnit.SECONDS);
        CompletableFuture<?> last = CompletableFuture.completedFuture(null);
        for (int i = 0; i < 100; i++) {
            last = first.commit(offset(topic, 0, 100 + i));
        }
        last.get(30, TimeUnit.SECONDS);
        first.close();

        try (TestMember second = member(group, protocol).join(topic)) {
            await("all at the second", () -> shared(topic, 4, second));
            Map<TopicPartition, OffsetAndMetadata> found =
                    second.committed(second.owned()).get(30, TimeUnit.SECONDS);
            offsets.put(new TopicPartition(topic, 0), new OffsetAndMetadata(199));
            assertThat(found).isEqualTo(offsets);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CONSUMER", "CLASSIC"})
    void whatIsGivenUpIsCommittedBeforeItGoes(GroupProtocol protocol) throws Exception {
        String topic = topic("handed", 6);
        String group = "hand-" + topic;
        try (TestMember first = member(group, protocol).join(topic)) {
            await("all at the first", () -> shared(topic, 6, first));
            first.onRevokeDo(revoked -> {
                Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
                revoked.toTopicPartitions().forEach(partition -> offsets.put(partition, new OffsetAndMetadata(7)));
                return first.commit(offsets);
            });
            try (TestMember second = member(group, protocol).join(topic)) {
                await("half at each", () -> shared(topic, 6, first, second));
                assertThat(second.committed(second.owned())
                                .get(30, TimeUnit.SECONDS)
                                .values())
                        .hasSize(second.owned().size())
                        .allMatch(offset -> offset.offset() == 7);
                int gone = second.owned(topic).get(0);
                assertThatThrownBy(() -> first.commit(offset(topic, gone, 3)).get(30, TimeUnit.SECONDS))
                        .hasCauseInstanceOf(CommitFailedException.class);
                first.onRevokeDo(revoked -> CompletableFuture.completedFuture(null));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CONSUMER", "CLASSIC"})
    void aStaticMemberFindsItsPartitionsAgain(GroupProtocol protocol) throws Exception {
        String topic = topic("static", 6);
        String group = "static-" + topic;
        GroupConfig named = config(group, protocol).instanceId("one").build();
        TestMember before = new TestMember(bootstrap(), named).join(topic);
        try (TestMember other = member(group, protocol).join(topic)) {
            await("half at each", () -> shared(topic, 6, before, other));
            List<Integer> owned = before.owned(topic);
            List<String> heard = List.copyOf(other.happened());
            before.close();
            try (TestMember after = new TestMember(bootstrap(), named).join(topic)) {
                await("the same partitions", () -> after.owned(topic).equals(owned));
                assertThat(other.happened().stream()
                                .filter(event -> event.length() > 1)
                                .toList())
                        .as("the others are left alone")
                        .isEqualTo(heard.stream()
                                .filter(event -> event.length() > 1)
                                .toList());
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CONSUMER", "CLASSIC"})
    void topicsThatMatchAreRead(GroupProtocol protocol) throws Exception {
        String base = "pattern-" + Uuid.randomUuid();
        RoundTrips.createTopic(bootstrap(), base + "-a", 2, Map.of());
        RoundTrips.createTopic(bootstrap(), base + "-b", 3, Map.of());
        RoundTrips.createTopic(bootstrap(), "not-" + base, 3, Map.of());
        try (TestMember member = member("match-" + base, protocol).joinMatching(base + "-.")) {
            await("both topics", () -> member.owned().size() == 5);
            assertThat(member.owned().topicNames()).containsExactly(base + "-a", base + "-b");
            member.subscribe(base + "-b");
            await("one by name", () -> member.owned().topicNames().equals(Set.of(base + "-b")));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CONSUMER", "CLASSIC"})
    void oneThatIsSilentLeavesAndComesBack(GroupProtocol protocol) throws Exception {
        String topic = topic("silent", 4);
        GroupConfig config = config("silent-" + topic, protocol)
                .maxPollInterval(Duration.ofMillis(1500))
                .build();
        try (TestMember member = new TestMember(bootstrap(), config).join(topic)) {
            await("all", () -> {
                member.alive();
                return shared(topic, 4, member);
            });
            await("out", () -> member.state() == MemberState.STALE);
            assertThat(member.happened().get(member.happened().size() - 1)).startsWith("lost");
            assertThatThrownBy(() -> member.commit(offset(topic, 0, 1)).get(30, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(CommitFailedException.class);
            await("back", () -> {
                member.alive();
                return shared(topic, 4, member);
            });
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CONSUMER", "CLASSIC"})
    void aKilledMemberIsReplaced(GroupProtocol protocol) throws Exception {
        String topic = topic("killed", 4);
        String group = "kill-" + topic;
        TestMember victim = member(group, protocol).join(topic);
        try (TestMember other = member(group, protocol).join(topic)) {
            await("half at each", () -> shared(topic, 4, victim, other));
            victim.kill();
            await("all at the other", () -> shared(topic, 4, other));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CONSUMER", "CLASSIC"})
    void aStaticMemberTakesThePlaceOfOneThatWasKilled(GroupProtocol protocol) throws Exception {
        String topic = topic("restarted", 4);
        GroupConfig named =
                config("restart-" + topic, protocol).instanceId("one").build();
        TestMember victim = new TestMember(bootstrap(), named).join(topic);
        await("all", () -> shared(topic, 4, victim));
        victim.kill();
        try (TestMember after = new TestMember(bootstrap(), named).join(topic)) {
            await("all at the next", () -> shared(topic, 4, after));
        }
    }

    @ParameterizedTest
    @EnumSource
    void ourMembersAndKafkasShareATopic(Mixture mixture) throws Exception {
        String topic = topic("mixed", 8);
        String group = "mix-" + topic;
        GroupConfig config =
                config(group, mixture.ours).classicAssignors(mixture.assignor).build();
        try (KafkaMember kafkas = new KafkaMember(bootstrap(), group, mixture, topic)) {
            await("all at kafka's", () -> kafkas.owned().size() == 8);
            try (TestMember ours = new TestMember(bootstrap(), config).join(topic)) {
                await("half at each", () -> halves(ours.owned(topic), kafkas.owned()));
                ours.commit(offset(topic, ours.owned(topic).get(0), 3)).get(30, TimeUnit.SECONDS);
                try (KafkaMember another = new KafkaMember(bootstrap(), group, mixture, topic)) {
                    await("a part at the third", () -> another.owned().size() >= 2);
                }
                await("half at each again", () -> halves(ours.owned(topic), kafkas.owned()));
            }
            await("all at kafka's again", () -> kafkas.owned().size() == 8);
        }
    }

    private static boolean halves(List<Integer> ours, List<Integer> theirs) {
        return ours.size() == 4
                && theirs.size() == 4
                && Stream.concat(ours.stream(), theirs.stream()).distinct().count() == 8;
    }

    /** How our members and kafka-clients' meet in one group. */
    enum Mixture {
        BY_SERVER(GroupProtocol.CONSUMER, "consumer", ClassicAssignor.RANGE, ""),
        UPGRADING(GroupProtocol.AUTO, "classic", ClassicAssignor.COOPERATIVE_STICKY, "CooperativeStickyAssignor"),
        COOPERATIVE(GroupProtocol.CLASSIC, "classic", ClassicAssignor.COOPERATIVE_STICKY, "CooperativeStickyAssignor"),
        STICKY(GroupProtocol.CLASSIC, "classic", ClassicAssignor.STICKY, "StickyAssignor"),
        RANGE(GroupProtocol.CLASSIC, "classic", ClassicAssignor.RANGE, "RangeAssignor");

        final GroupProtocol ours;
        final String theirs;
        final ClassicAssignor assignor;
        final String kafkaAssignor;

        Mixture(GroupProtocol ours, String theirs, ClassicAssignor assignor, String kafkaAssignor) {
            this.ours = ours;
            this.theirs = theirs;
            this.assignor = assignor;
            this.kafkaAssignor = kafkaAssignor;
        }
    }

    @Test
    void offsetsOfAGroupWithoutMembers() throws Exception {
        String topic = topic("alone", 3);
        GroupConfig config = GroupConfig.builder("alone-" + topic).build();
        try (TestMember outside = new TestMember(bootstrap(), config)) {
            Map<TopicPartition, OffsetAndMetadata> offsets =
                    Map.of(new TopicPartition(topic, 1), new OffsetAndMetadata(5, "by hand"));
            outside.commit(offsets).get(30, TimeUnit.SECONDS);
            assertThat(outside.committed(PartitionSet.range(topic, Uuid.ZERO_UUID, 0, 3))
                            .get(30, TimeUnit.SECONDS))
                    .isEqualTo(offsets);
            assertThat(outside.state()).isEqualTo(MemberState.OUTSIDE);
        }
    }
}
