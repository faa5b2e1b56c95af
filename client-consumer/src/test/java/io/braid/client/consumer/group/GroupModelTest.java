package io.braid.client.consumer.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.client.consumer.PartitionSet;
import io.braid.client.network.Backoff;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Members and a model coordinator, on a network that loses requests and answers, with members that come, go, stop for a while and
 * are killed. At no time do two members that count own a partition, and what is committed never goes back.
 */
class GroupModelTest {
    private static final long MS = 1_000_000;
    private static final int PARTITIONS = 9;
    private static final int STEPS = 2500;
    private static final long LATE_NS = 20_000 * MS;

    private Random random = new Random(0);
    private ModelCoordinator coordinator = new ModelCoordinator(PARTITIONS);
    private final List<SimMember> members = new ArrayList<>();
    private long nowNs;
    private int names;

    /** One member with its commits, and an application that counts up from what is committed. */
    private final class SimMember implements MemberEvents {
        final String id = "m" + names++;
        final ServerAssignedMembership core = new ServerAssignedMembership(
                GroupConfig.builder("g").build(),
                id,
                new Backoff(Duration.ofMillis(20), Duration.ofMillis(100), random::nextDouble),
                nowNs);
        final CommitQueue commits =
                new CommitQueue("g", new Backoff(Duration.ofMillis(20), Duration.ofMillis(100), random::nextDouble));
        final Map<Integer, Long> positions = new HashMap<>();
        Optional<Runnable> heartbeatAnswer = Optional.empty();
        Optional<Runnable> commitAnswer = Optional.empty();
        Optional<Integer> revoking = Optional.empty();
        PartitionSet revoked = PartitionSet.EMPTY;
        boolean left;
        long asleepUntilNs;

        SimMember() {
            core.subscribe(Subscription.to(Set.of(ModelCoordinator.TOPIC)), nowNs);
        }

        /** One thing that this member may do now. */
        void step(boolean lossy) {
            if (nowNs < asleepUntilNs) {
                return;
            }
            core.alive(nowNs);
            switch (random.nextInt(6)) {
                case 0 -> beat(lossy);
                case 1 -> heartbeatAnswer.ifPresent(this::deliver);
                case 2 -> work();
                case 3 -> sendCommits(lossy);
                case 4 -> commitAnswer.ifPresent(this::deliver);
                default -> giveUp();
            }
            core.takeEvents().forEach(event -> event.tell(this));
            commits.expire(nowNs);
            commits.takeFinished();
        }

        private void deliver(Runnable answer) {
            answer.run();
        }

        private void beat(boolean lossy) {
            core.poll(nowNs).ifPresent(call -> {
                boolean arrives = !lossy || random.nextInt(8) > 0;
                ConsumerGroupHeartbeatResponseData answer =
                        arrives ? coordinator.heartbeat((ConsumerGroupHeartbeatRequestData) call.request()) : null;
                boolean returns = arrives && (!lossy || random.nextInt(8) > 0);
                heartbeatAnswer = Optional.of(() -> {
                    heartbeatAnswer = Optional.empty();
                    if (returns) {
                        core.onAnswer(call, answer, nowNs);
                    } else {
                        core.onNoAnswer(call, nowNs);
                    }
                });
            });
        }

        private void work() {
            if (positions.isEmpty() || core.identity().epoch() < 0) {
                return;
            }
            Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
            positions.replaceAll((partition, position) -> position + random.nextInt(3));
            positions.forEach((partition, position) -> offsets.put(
                    new TopicPartition(ModelCoordinator.TOPIC, partition), new OffsetAndMetadata(position)));
            commits.add(offsets, nowNs + LATE_NS);
        }

        private void sendCommits(boolean lossy) {
            Map<TopicPartition, OffsetAndMetadata> batch = commits.next(nowNs);
            if (batch.isEmpty()) {
                return;
            }
            MemberIdentity identity = core.identity();
            boolean arrives = !lossy || random.nextInt(8) > 0;
            Map<TopicPartition, Errors> outcomes = arrives ? coordinator.commit(identity, batch) : Map.of();
            boolean returns = arrives && (!lossy || random.nextInt(8) > 0);
            commitAnswer = Optional.of(() -> {
                commitAnswer = Optional.empty();
                if (returns) {
                    commits.onOutcomes(outcomes, identity.epoch() >= 0, nowNs);
                } else {
                    commits.onNoAnswer(nowNs);
                }
            });
        }

        /** As {@link GroupMember} does: a revocation is done when the commits before it are. */
        private void giveUp() {
            if (revoking.isPresent() && commits.open().isEmpty()) {
                int revocation = revoking.get();
                revoking = Optional.empty();
                core.onRevoked(revocation, nowNs);
                commits.onGone(revoked.minus(core.owned()));
            }
        }

        @Override
        public void revoke(int revocation, PartitionSet partitions) {
            revoking = Optional.of(revocation);
            revoked = partitions;
            partitions.toTopicPartitions().forEach(partition -> positions.remove(partition.partition()));
        }

        @Override
        public void assign(PartitionSet added, PartitionSet whole) {
            added.toTopicPartitions()
                    .forEach(partition ->
                            positions.put(partition.partition(), coordinator.committed(partition.partition())));
        }

        @Override
        public void lose(PartitionSet partitions) {
            partitions.toTopicPartitions().forEach(partition -> positions.remove(partition.partition()));
            revoking = Optional.empty();
            commits.onGone(partitions);
        }

        @Override
        public void wantTopics(Set<String> names, Set<Uuid> ids) {
            core.onTopics(List.of(new KnownTopic(ModelCoordinator.TOPIC, ModelCoordinator.ID, PARTITIONS)), nowNs);
        }

        @Override
        public void left() {
            left = true;
        }

        @Override
        public void fail(KafkaException fatal) {
            throw new AssertionError(fatal);
        }

        @Override
        public void coordinatorMoved() {
            throw new AssertionError("it never moves");
        }

        @Override
        public void wantAllTopics() {
            throw new AssertionError("subscribed by name");
        }

        @Override
        public void compute(int round, Supplier<Map<String, byte[]>> parts) {
            throw new AssertionError("the coordinator assigns");
        }
    }

    private void disturb() {
        int what = random.nextInt(100);
        if (what < 2 && members.size() < 5) {
            members.add(new SimMember());
        } else if (members.isEmpty()) {
            return;
        }
        SimMember one = members.get(random.nextInt(members.size()));
        if (what == 2) {
            one.core.leave(nowNs);
        } else if (what == 3) {
            members.remove(one); // killed: the coordinator hears nothing of it until its session is over
        } else if (what == 4) {
            one.asleepUntilNs = nowNs + 5000 * MS;
        } else if (what == 5) {
            List<String> known = coordinator.members();
            if (!known.isEmpty()) {
                coordinator.expire(known.get(random.nextInt(known.size())));
            }
        }
        members.removeIf(member -> member.left);
    }

    private void checkOwners() {
        Set<TopicPartition> owned = new HashSet<>();
        for (SimMember member : members) {
            if (coordinator.counts(member.core.identity())) {
                for (TopicPartition partition : member.core.owned().toTopicPartitions()) {
                    assertThat(owned.add(partition))
                            .as("%s at two members", partition)
                            .isTrue();
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void noPartitionHasTwoOwnersAndNothingCommittedGoesBack(long seed) {
        random = new Random(seed);
        for (int step = 0; step < STEPS; step++) {
            nowNs += random.nextInt(60) * MS;
            disturb();
            if (!members.isEmpty()) {
                members.get(random.nextInt(members.size())).step(true);
            }
            checkOwners();
        }
        settle();
    }

    /** Without disturbances everybody has what it shall have, and everything is committed. */
    private void settle() {
        members.add(new SimMember());
        for (String known : coordinator.members()) {
            if (members.stream().noneMatch(member -> member.id.equals(known))) {
                coordinator.expire(known);
            }
        }
        for (int step = 0; step < 60_000 && !settled(); step++) {
            nowNs += 20 * MS;
            members.get(random.nextInt(members.size())).step(false);
            members.removeIf(member -> member.left);
            checkOwners();
        }
        assertThat(settled()).isTrue();
    }

    private boolean settled() {
        Map<String, PartitionSet> owned = new HashMap<>();
        members.forEach(member -> owned.put(member.id, member.core.owned()));
        return members.stream().allMatch(member -> coordinator.members().contains(member.id))
                && coordinator.settled(owned);
    }
}
