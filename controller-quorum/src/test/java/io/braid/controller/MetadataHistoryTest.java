package io.braid.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.controller.ConfigChange.Operation;
import io.braid.image.ClusterImage;
import io.braid.image.Endpoint;
import io.braid.image.ImageChanges;
import io.braid.image.ShardImage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.apache.kafka.common.Uuid;

class MetadataHistoryTest {
    private static final Uuid CLIENT = new Uuid(1, 1);

    @Property(tries = 100)
    void stateFromRecordsFromCommandsAndFromASnapshotIsTheSame(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 120) int count) {
        Random random = new Random(seed);
        MetadataState state = MetadataState.EMPTY;
        ClusterImage follower = ClusterImage.EMPTY;
        for (int i = 0; i < count; i++) {
            Command command = i == 0 ? new Command.CreateCluster("c", (short) 1) : randomCommand(random, state.image());
            Proposal proposal = new Proposal(new RequestId(CLIENT, i, Math.max(0, i - 3)), command);
            Proposal sent = CommandCodec.decode(CommandCodec.encode(proposal));
            assertThat(sent).isEqualTo(proposal);
            ClusterImage before = state.image();
            MetadataState.Applied applied = state.apply(i + 1, sent);
            state = applied.state();
            assertThat(applied.result().version()).isEqualTo(state.image().version());
            if (!applied.records().isEmpty()) {
                ByteWriter out = new ByteWriter();
                RecordCodec.writeAll(out, applied.records());
                follower = follower.apply(i + 1, RecordCodec.readAll(new ByteReader(out.toByteArray())));
            }
            assertThat(follower).isEqualTo(state.image());
            assertChanges(before, state.image());
            assertThat(state.apply(i + 2, sent).result()).isEqualTo(applied.result());
            assertThat(state.apply(i + 2, sent).state()).isSameAs(state);
        }
        assertThat(throughSnapshot(state)).isEqualTo(state);
    }

    private static void assertChanges(ClusterImage before, ClusterImage after) {
        ImageChanges changes = after.changesSince(before);
        assertThat(after.topicCount() - before.topicCount())
                .isEqualTo(
                        changes.topicsCreated().size() - changes.topicsDeleted().size());
        changes.topicsCreated()
                .forEach(topic -> assertThat(before.topic(topic.id())).isEmpty());
        changes.topicsDeleted()
                .forEach(topic -> assertThat(after.topic(topic.id())).isEmpty());
    }

    private static MetadataState throughSnapshot(MetadataState state) {
        SnapshotCodec.Decoder decoder = new SnapshotCodec.Decoder();
        SnapshotCodec.encode(state, decoder::accept);
        return decoder.finish();
    }

    private static Command.RegisterBroker registration(int id, Uuid incarnation) {
        return new Command.RegisterBroker(
                id,
                incarnation,
                "boot",
                List.of(new Uuid(id, 0)),
                List.of(new Endpoint("A", "host", 1), new Endpoint("B", "host", 2)),
                id % 2 == 0 ? Optional.of("rack" + id % 3) : Optional.empty(),
                MetadataVersion.supported(),
                -1);
    }

    private static Command randomCommand(Random random, ClusterImage image) {
        int broker = random.nextInt(4);
        long epoch = image.broker(broker).map(b -> b.epoch()).orElse(0L);
        String topic = "topic" + random.nextInt(12);
        return switch (random.nextInt(14)) {
            case 0, 1 -> registration(broker, new Uuid(random.nextLong(), 1));
            case 2, 3 -> new Command.UnfenceBroker(broker, epoch);
            case 4 -> new Command.FenceBroker(broker, epoch);
            case 5, 6 -> {
                List<NewTopic> topics = new ArrayList<>();
                for (int i = random.nextInt(4); i >= 0; i--) {
                    topics.add(NewTopic.of(
                            new Uuid(random.nextLong(), random.nextLong()),
                            "topic" + random.nextInt(12),
                            random.nextInt(50),
                            random.nextInt(4) - 1,
                            random.nextBoolean() ? Map.of() : Map.of("cleanup.policy", "compact", "x", "y")));
                }
                yield new Command.CreateTopics(topics, PoolPolicy.DEFAULT, false);
            }
            case 7 -> new Command.DeleteTopics(List.of(Command.TopicRef.named(topic)));
            case 8 ->
                new Command.CreatePartitions(List.of(new Command.NewPartitions(topic, random.nextInt(100))), false);
            case 9 ->
                new Command.AlterConfigs(
                        List.of(new ConfigChange(
                                random.nextBoolean() ? (byte) 2 : (byte) 32,
                                topic,
                                random.nextBoolean(),
                                List.of(
                                        Operation.set("k" + random.nextInt(3), "v" + random.nextInt(3)),
                                        Operation.delete("x")))),
                        false);
            case 10 -> new Command.CordonBroker(broker, random.nextBoolean());
            case 11, 12 -> {
                List<Command.ShardMove> moves = new ArrayList<>();
                for (ShardImage shard : image.shards()) {
                    List<Integer> on = new ArrayList<>(List.of(0, 1, 2, 3));
                    Collections.shuffle(on, random);
                    moves.add(new Command.ShardMove(
                            shard.id(), on.subList(0, shard.target().size())));
                }
                yield new Command.MoveShards(moves);
            }
            default -> new Command.AllocateProducerIds(broker, epoch);
        };
    }
}
