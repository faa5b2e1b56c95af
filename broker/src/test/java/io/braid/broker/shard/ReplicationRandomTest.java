package io.braid.broker.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.controller.Command;
import io.braid.controller.CommandResult;
import io.braid.controller.LocalController;
import io.braid.controller.MetadataVersion;
import io.braid.controller.NewTopic;
import io.braid.controller.PoolPolicy;
import io.braid.image.BrokerImage;
import io.braid.image.ClusterImage;
import io.braid.image.ShardImage;
import io.braid.log.FlushMode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * One shard on three brokers under the real metadata decisions, with images, fetches, answers and proposals that are late, lost,
 * repeated and out of order, and brokers that die with or without what they had not forced.
 */
class ReplicationRandomTest {
    private static final int SEEDS = 60;
    private static final int STEPS = 1000;

    @ParameterizedTest
    @EnumSource(FlushMode.class)
    void committedEntriesNeverChangeAndReplicasConverge(FlushMode flush) throws Exception {
        for (int seed = 0; seed < SEEDS; seed++) {
            World world = new World(seed, flush);
            try {
                for (int step = 0; step < STEPS; step++) {
                    world.step();
                }
                world.heal();
            } catch (AssertionError | Exception e) {
                throw new AssertionError("seed " + seed + " flush " + flush + ": " + e.getMessage(), e);
            }
        }
    }

    /** So that the test does not pass because nothing happens in it. */
    @Test
    void whatItIsAboutHappens() throws Exception {
        long committed = 0;
        int truncations = 0;
        int epochs = 0;
        int powerCuts = 0;
        int completed = 0;
        for (int seed = 0; seed < 50; seed++) {
            World world = new World(seed, FlushMode.REPLICATED);
            for (int step = 0; step < STEPS; step++) {
                world.step();
            }
            committed += world.committed.size();
            epochs += world.shard().leaderEpoch();
            powerCuts += world.powerCuts;
            completed += world.acknowledged.size();
            for (Broker broker : world.brokers) {
                truncations += broker.store.truncations;
            }
        }
        assertThat(committed).isGreaterThan(1000);
        assertThat(truncations).isGreaterThan(5);
        assertThat(epochs).isGreaterThan(100);
        assertThat(powerCuts).isGreaterThan(20);
        assertThat(completed).isGreaterThan(200);
    }

    private static final class Broker {
        final int id;
        final MemoryStore store = new MemoryStore();
        final ArrayDeque<ClusterImage> images = new ArrayDeque<>();
        final List<ReplicaAnswer> answers = new ArrayList<>();
        final Map<Integer, Long> highWatermarks = new HashMap<>();
        ShardReplica replica;
        long epoch;
        int run;
        int highWatermarksOfEpoch = -1;
        String bootId = "boot-0";

        Broker(int id) {
            this.id = id;
        }

        boolean up() {
            return replica != null;
        }
    }

    private record Proposal(Broker from, int run, Command.AlterShard command) {}

    private record Result(Broker to, int run, Command.AlterShard command, Errors error) {}

    private record Pending(Broker leader, int run, int leaderEpoch, PartitionAppend append) {}

    private static final class World {
        final Random random;
        final FlushMode flush;
        final LocalController controller = new LocalController();
        final List<Broker> brokers = List.of(new Broker(1), new Broker(2), new Broker(3));
        final List<ReplicaFetch> fetches = new ArrayList<>();
        final List<Proposal> proposals = new ArrayList<>();
        final List<Result> results = new ArrayList<>();
        final List<Pending> pending = new ArrayList<>();
        final Map<Long, MemoryStore.Entry> committed = new HashMap<>();
        final Map<Integer, Integer> leaders = new HashMap<>();
        final List<MemoryStore.Entry> acknowledged = new ArrayList<>();
        final int shardId;
        long nowMs = 1_000_000;
        int incarnations;
        int powerCuts;

        World(long seed, FlushMode flush) throws Exception {
            this.random = new Random(seed);
            this.flush = flush;
            controller.apply(new Command.CreateCluster("test", io.braid.controller.MetadataVersion.LATEST));
            for (Broker b : brokers) {
                start(b);
                unfence(b);
            }
            controller.apply(new Command.CreateTopics(
                    List.of(NewTopic.of(TestBatches.TOPIC, "t", 2, 3, Map.of())), new PoolPolicy(1, 3), false));
            shardId = controller.image().topic("t").orElseThrow().shardOf(0);
        }

        ShardImage shard() {
            return controller.image().shard(shardId).orElseThrow();
        }

        // ---- what may happen

        void step() throws Exception {
            nowMs += random.nextInt(400);
            Broker b = brokers.get(random.nextInt(3));
            switch (random.nextInt(34)) {
                case 0, 1, 2, 3, 4 -> produce(b);
                case 5, 6, 7, 8, 9, 10 -> ask(b);
                case 11, 12, 13, 14, 15, 16 -> deliverFetch(random.nextInt(8) == 0);
                case 17, 18, 19, 20, 21, 22, 23 -> deliverAnswer(b, random.nextInt(8) == 0);
                case 24, 25, 26, 27 -> deliverImage(b);
                case 28, 29 -> tick(b);
                case 30 -> deliverProposal();
                case 31 -> deliverResult();
                case 32 -> force(b);
                default -> crashOrRestart(b);
            }
            check();
        }

        private void produce(Broker b) throws Exception {
            if (!b.up()) {
                return;
            }
            PartitionAppend append = TestBatches.plain(random.nextInt(2), 1 + random.nextInt(3), 1 + random.nextInt(2));
            b.replica.stage(append);
            if (b.replica.hasStaged()) {
                b.replica.appendStaged(nowMs);
                b.replica.forgetStaged();
            }
            if (append.error() == Errors.NONE) {
                pending.add(new Pending(b, b.run, b.replica.leaderEpoch(), append));
            }
            if (random.nextInt(30) == 0 && b.replica.leads()) {
                int row = b.replica.find(TestBatches.TOPIC, 0);
                if (row >= 0 && b.replica.settled() && b.replica.highWatermark(row) > b.replica.logStartOffset(row)) {
                    b.replica.appendLogStart(TestBatches.TOPIC, 0, b.replica.highWatermark(row), nowMs);
                }
            }
            b.replica.advanceCommit();
        }

        private void ask(Broker b) {
            if (b.up() && b.replica.position().follows()) {
                FollowerPosition at = b.replica.position();
                fetches.add(at.fetch(b.id, b.epoch, 1 + random.nextInt(5)));
            }
        }

        private void deliverFetch(boolean keep) {
            if (fetches.isEmpty()) {
                return;
            }
            int i = random.nextInt(fetches.size());
            ReplicaFetch fetch = keep ? fetches.get(i) : fetches.remove(i);
            if (random.nextInt(10) == 0) {
                return; // lost
            }
            for (Broker leader : brokers) {
                Broker follower = brokers.get(fetch.brokerId() - 1);
                if (leader.up() && leader.replica.leads()) {
                    leader.replica.onFetch(fetch, nowMs);
                    leader.replica.advanceCommit();
                    ReplicaAnswer answer = leader.replica.answer(fetch);
                    if (leader.replica.hasEntriesFor(fetch, answer)) {
                        answer = answer.with(leader.store.read(fetch.fetchLsn(), fetch.maxBytes()));
                    }
                    if (follower.up() && follower.epoch == fetch.brokerEpoch()) {
                        follower.answers.add(answer);
                    }
                }
            }
        }

        private void deliverAnswer(Broker b, boolean keep) throws Exception {
            if (b.up() && !b.answers.isEmpty()) {
                int i = random.nextInt(b.answers.size());
                ReplicaAnswer answer = b.answers.get(i);
                if (keep) {
                    // A copy of the entries stays for a second delivery.
                    b.answers.set(i, answer.with(copy(answer)));
                } else {
                    b.answers.remove(i);
                }
                b.replica.apply(answer, nowMs);
            }
        }

        private static io.braid.log.EntryRun copy(ReplicaAnswer answer) {
            List<io.braid.protocol.records.FetchedRecords.Part> parts = new ArrayList<>();
            for (var part : answer.entries().entries().parts()) {
                parts.add(new io.braid.protocol.records.FetchedRecords.Bytes(
                        ((io.braid.protocol.records.FetchedRecords.Bytes) part)
                                .buffer()
                                .copy()));
            }
            return new io.braid.log.EntryRun(
                    answer.entries().firstLsn(),
                    answer.entries().endLsn(),
                    io.braid.protocol.records.FetchedRecords.of(parts));
        }

        private void deliverImage(Broker b) throws Exception {
            if (!b.up() || controller.image().shard(shardId).isEmpty()) {
                return;
            }
            b.images.add(controller.image());
            ClusterImage image = b.images.poll();
            if (random.nextInt(3) == 0) {
                b.images.add(controller.image()); // lags by one from now on
            }
            assign(b, image);
        }

        private void assign(Broker b, ClusterImage image) throws Exception {
            Optional<ShardImage> shard = image.shard(shardId);
            boolean mine = image.broker(b.id)
                    .map(BrokerImage::epoch)
                    .filter(e -> e == b.epoch)
                    .isPresent();
            if (shard.isPresent() && mine) {
                b.replica.assign(ShardAssignment.of(image, shard.get()), nowMs);
                b.replica.advanceCommit();
            }
        }

        private void tick(Broker b) {
            if (b.up()) {
                b.replica.tick(nowMs);
                b.replica.proposal(nowMs).ifPresent(p -> proposals.add(new Proposal(b, b.run, p)));
            }
        }

        private void deliverProposal() {
            if (proposals.isEmpty()) {
                return;
            }
            Proposal p = proposals.remove(random.nextInt(proposals.size()));
            int fate = random.nextInt(6);
            if (fate == 0) { // its answer is not waited for; it may still be applied
                results.add(new Result(p.from(), p.run(), p.command(), Errors.REQUEST_TIMED_OUT));
                proposals.add(new Proposal(p.from(), -1, p.command()));
                return;
            }
            CommandResult result = controller.apply(p.command());
            Errors told = fate == 1 ? Errors.REQUEST_TIMED_OUT : result.error();
            results.add(new Result(p.from(), p.run(), p.command(), told));
        }

        private void deliverResult() {
            if (results.isEmpty()) {
                return;
            }
            Result r = results.remove(random.nextInt(results.size()));
            if (r.to().up() && r.to().run == r.run()) {
                r.to().replica.onProposalResult(r.command(), r.error(), nowMs);
                r.to().replica.advanceCommit();
            }
        }

        private void force(Broker b) {
            b.store.force();
            if (b.up()) {
                b.replica.advanceCommit();
            }
        }

        private void crashOrRestart(Broker b) throws Exception {
            if (!b.up()) {
                start(b);
                if (random.nextInt(4) > 0) {
                    unfence(b);
                }
                return;
            }
            if (brokers.stream().anyMatch(other -> !other.up()) || random.nextInt(3) > 0) {
                unfence(b);
                return;
            }
            boolean another = shard().isr().stream().anyMatch(id -> id != b.id);
            b.replica = null;
            b.answers.clear();
            b.images.clear();
            b.run++;
            // The last member of the in-sync set is elected again only when it shows that it kept its log.
            if (random.nextBoolean() && another) {
                powerCuts++;
                // One that makes it the last member would take the shard offline for good, rightly.
                proposals.removeIf(p -> p.from() == b);
                b.store.loseUnforced();
                b.bootId = "boot-" + ++incarnations;
            }
            if (random.nextInt(3) > 0) { // else it is back before anybody noticed
                controller.apply(new Command.FenceBroker(b.id, b.epoch));
            }
        }

        private void start(Broker b) {
            b.epoch = controller
                    .apply(new Command.RegisterBroker(
                            b.id,
                            new Uuid(b.id, ++incarnations),
                            b.bootId,
                            List.of(),
                            List.of(),
                            Optional.empty(),
                            MetadataVersion.supported(),
                            -1))
                    .value();
            b.run++;
            b.replica = new ShardReplica(
                    shardId(),
                    new ReplicaConfig(b.id, flush, ReplicaFixture.LAG_MS),
                    b.store.reopened(),
                    CommitListener.NONE);
            b.highWatermarksOfEpoch = -1;
        }

        private int shardId() {
            return controller.image().topic("t").map(t -> t.shardOf(0)).orElse(ShardImage.id(0, 0));
        }

        private void unfence(Broker b) {
            if (b.up()) {
                controller.apply(new Command.UnfenceBroker(b.id, b.epoch));
            }
        }

        // ---- what must hold

        private void check() {
            for (Broker b : brokers) {
                if (b.up()) {
                    assertThat(b.replica.position().error()).isNotEqualTo(Errors.OFFSET_OUT_OF_RANGE);
                    checkCommitted(b);
                    checkHighWatermarks(b);
                }
            }
            for (Pending p : List.copyOf(pending)) {
                boolean leads = p.leader().up()
                        && p.leader().run == p.run()
                        && p.leader().replica.leads()
                        && p.leader().replica.leaderEpoch() == p.leaderEpoch();
                if (!leads) {
                    pending.remove(p);
                } else if (p.append().ackLsn() <= p.leader().replica.commitLsn()) {
                    acknowledged.add(
                            p.leader().store.entries().get((int) p.append().ackLsn() - 1));
                    pending.remove(p);
                }
            }
            for (MemoryStore.Entry entry : acknowledged) {
                assertThat(committed.get(entry.lsn())).isEqualTo(entry);
            }
        }

        private void checkCommitted(Broker b) {
            assertThat(b.replica.commitLsn()).isLessThanOrEqualTo(b.store.nextLsn());
            for (long lsn = 0; lsn < b.replica.commitLsn(); lsn++) {
                MemoryStore.Entry mine = b.store.entries().get((int) lsn);
                MemoryStore.Entry known = committed.putIfAbsent(lsn, mine);
                if (known != null && !known.equals(mine)) {
                    throw new AssertionError("broker " + b.id + " has " + mine + " where " + known + " is committed");
                }
            }
            if (b.replica.leads()) {
                Integer other = leaders.putIfAbsent(b.replica.leaderEpoch(), b.id);
                assertThat(other == null || other == b.id)
                        .as("one leader an epoch")
                        .isTrue();
            }
        }

        private void checkHighWatermarks(Broker b) {
            if (!b.replica.leads()) {
                b.highWatermarksOfEpoch = -1;
                return;
            }
            if (b.highWatermarksOfEpoch != b.replica.leaderEpoch()) {
                b.highWatermarksOfEpoch = b.replica.leaderEpoch();
                b.highWatermarks.clear();
            }
            for (int partition = 0; partition < 2; partition++) {
                int row = b.replica.find(TestBatches.TOPIC, partition);
                long now = row < 0 ? 0 : b.replica.highWatermark(row);
                Long before = b.highWatermarks.put(partition, now);
                assertThat(now).isGreaterThanOrEqualTo(before == null ? 0 : before);
                if (b.replica.highWatermarksKnown() && row >= 0) {
                    assertThat(now).isEqualTo(committedEnd(b, partition));
                }
            }
        }

        private static long committedEnd(Broker b, int partition) {
            long end = 0;
            for (int i = 0; i < b.replica.commitLsn(); i++) {
                MemoryStore.Entry e = b.store.entries().get(i);
                if (e.partition() == partition && e.type() == io.braid.log.EntryType.BATCH) {
                    java.nio.ByteBuffer batch =
                            java.nio.ByteBuffer.wrap(java.util.HexFormat.of().parseHex(e.payload()));
                    end = io.braid.protocol.records.BatchHeader.lastOffset(batch, 0) + 1;
                }
            }
            return end;
        }

        /** Everybody is up and everything arrives: all replicas end up the same, in sync, and writable. */
        void heal() throws Exception {
            for (Broker b : brokers) {
                if (!b.up()) {
                    start(b);
                }
                unfence(b);
                b.images.clear();
            }
            for (int round = 0; round < 60; round++) {
                nowMs += 200;
                for (Broker b : brokers) {
                    deliverImage(b);
                    force(b);
                    tick(b);
                    ask(b);
                }
                drain();
                check();
            }
            ShardImage shard = shard();
            assertThat(shard.leader()).as("a leader").isNotEqualTo(ShardImage.NO_LEADER);
            assertThat(shard.isr()).as("in sync").containsExactlyInAnyOrder(1, 2, 3);
            Broker leader = brokers.get(shard.leader() - 1);
            PartitionAppend append = TestBatches.plain(0, 1, 3);
            leader.replica.stage(append);
            leader.replica.appendStaged(nowMs);
            leader.replica.forgetStaged();
            for (int round = 0; round < 40; round++) {
                for (Broker b : brokers) {
                    force(b);
                    ask(b);
                }
                drain();
            }
            assertThat(append.error()).isEqualTo(Errors.NONE);
            assertThat(leader.replica.commitLsn()).isGreaterThanOrEqualTo(append.ackLsn());
            for (Broker b : brokers) {
                assertThat(b.store.entries()).isEqualTo(leader.store.entries());
                assertThat(b.replica.commitLsn()).isEqualTo(leader.replica.commitLsn());
            }
            check();
        }

        private void drain() throws Exception {
            while (!fetches.isEmpty() || !proposals.isEmpty() || !results.isEmpty()) {
                deliverFetch(false);
                for (Broker b : brokers) {
                    while (!b.answers.isEmpty()) {
                        deliverAnswer(b, false);
                    }
                }
                deliverProposal();
                deliverResult();
            }
        }
    }
}
