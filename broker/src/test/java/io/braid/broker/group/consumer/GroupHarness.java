package io.braid.broker.group.consumer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.braid.broker.group.Answer;
import io.braid.broker.group.Computation;
import io.braid.broker.group.ConsumerGroupRecord;
import io.braid.broker.group.Decision;
import io.braid.broker.group.GroupConfig;
import io.braid.broker.group.GroupCore;
import io.braid.broker.group.GroupRecord;
import io.braid.broker.group.GroupRequest;
import io.braid.broker.group.Reply;
import io.braid.broker.group.RequestInfo;
import io.braid.broker.group.Turn;
import io.braid.controller.ByteReader;
import io.braid.controller.ByteWriter;
import io.braid.image.ClusterImage;
import io.braid.image.Configs;
import io.braid.image.MetadataRecord;
import io.braid.image.MetadataRecord.PartitionsAdded;
import io.braid.image.MetadataRecord.TopicCreated;
import io.braid.image.MetadataRecord.TopicDeleted;
import io.braid.image.Placement;
import io.braid.image.Placements;
import io.braid.image.TopicImage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.protocol.Errors;

/** A core with groups of the consumer protocol, its log, its clock and its metadata, all in memory. */
public final class GroupHarness {
    public static final String GROUP = "g";
    private static final Placement PLACEMENT = new Placement(0, 0, 0, 1, 1);

    public final ServerAssignedProtocol protocol;
    public final List<GroupRecord> log = new ArrayList<>();
    public final ArrayDeque<Computation> computations = new ArrayDeque<>();
    public ClusterImage image = ClusterImage.EMPTY;
    public long nowMs = 1_000_000;
    /** Whether computations wait until a test runs them. */
    public boolean defer;

    public final GroupConfig config =
            new GroupConfig(1, 1_800_000, 0, Integer.MAX_VALUE, 7L * 24 * 60 * 60_000, 600_000, 4096);
    private GroupCore core;
    private long ids;
    private int compactedFrom = -1;

    public GroupHarness(ConsumerGroupConfig config) {
        this.protocol = new ServerAssignedProtocol(config);
        this.core = newCore();
        core.onLoaded(nowMs);
    }

    // ---- requests

    public ConsumerGroupHeartbeatResponseData heartbeat(ConsumerGroupHeartbeatRequestData request) {
        return heartbeat(request, (short) 1);
    }

    public ConsumerGroupHeartbeatResponseData heartbeat(ConsumerGroupHeartbeatRequestData request, short version) {
        return call((turn, reply) ->
                protocol.heartbeat(turn, request, new RequestInfo("client", "/127.0.0.1", version), reply));
    }

    /** Decides, appends, computes unless deferred, answers. */
    public <R> R call(BiConsumer<Turn, Reply<R>> request) {
        return call(request, 0);
    }

    /** As {@link #call}, for a request whose answer may take a moment of the clock. */
    public <R> R callLater(BiConsumer<Turn, Reply<R>> request) {
        return call(request, 10);
    }

    private <R> R call(BiConsumer<Turn, Reply<R>> request, long patienceMs) {
        List<R> answers = new ArrayList<>();
        ask(request, answers::add);
        for (long ms = 0; answers.isEmpty() && ms < patienceMs; ms++) {
            pass(1);
        }
        assertEquals(1, answers.size(), "answers");
        return answers.get(0);
    }

    /** As {@link #call}, for a request that may be answered much later. */
    public <R> void ask(BiConsumer<Turn, Reply<R>> request, Consumer<R> answer) {
        Reply<R> reply = new Reply<>() {
            @Override
            public void send(R response) {
                answer.accept(response);
            }

            @Override
            public void fail(Errors error) {
                throw new AssertionError(error);
            }
        };
        decide(new GroupRequest() {
            @Override
            public String groupId() {
                return GROUP;
            }

            @Override
            public void decide(Turn turn) {
                request.accept(turn, reply);
            }
        });
    }

    public void decide(GroupRequest request) {
        done(core.decide(request, image, nowMs));
    }

    public void compute() {
        while (!computations.isEmpty()) {
            decide(computations.poll().compute());
        }
    }

    /** Lets time pass, waking the core when it asks for it. */
    public void pass(long ms) {
        long until = nowMs + ms;
        while (core.nextDeadlineMs() <= until) {
            nowMs = Math.max(nowMs, core.nextDeadlineMs());
            done(core.tick(image, nowMs));
        }
        nowMs = until;
    }

    private void done(Decision decision) {
        log.addAll(decision.records());
        computations.addAll(decision.computations());
        decision.answers().forEach(Answer::send);
        if (!defer) {
            compute();
        }
    }

    // ---- state

    ServerAssignedGroup group() {
        ServerAssignedGroup group = groupOrNull();
        assertNotNull(group, "no consumer group");
        return group;
    }

    ServerAssignedGroup groupOrNull() {
        return core.groups().stream()
                .filter(ServerAssignedGroup.class::isInstance)
                .map(ServerAssignedGroup.class::cast)
                .findFirst()
                .orElse(null);
    }

    public GroupCore core() {
        return core;
    }

    public List<GroupRecord> snapshot() {
        List<GroupRecord> records = new ArrayList<>();
        core.snapshot(records::add);
        return records;
    }

    /** Begins to write the state anew, or ends it: what was written before it began is dropped. */
    public void compact() {
        if (compactedFrom < 0) {
            compactedFrom = log.size();
        } else {
            log.addAll(snapshot());
            log.subList(0, compactedFrom).clear();
            compactedFrom = -1;
        }
    }

    /** Loses the core and loads another from the log, through bytes. */
    public void restart() {
        List<GroupRecord> before = snapshot();
        GroupCore loaded = newCore();
        log.forEach(record -> loaded.apply(copy(record)));
        core = loaded;
        computations.clear();
        assertEquals(before, snapshot(), "the replay of the log is the state");
        core.onLoaded(nowMs);
    }

    private GroupCore newCore() {
        return new GroupCore(protocol, config, () -> new Uuid(42, ++ids));
    }

    private GroupRecord copy(GroupRecord record) {
        if (!(record instanceof ConsumerGroupRecord of)) {
            return record;
        }
        ByteWriter key = new ByteWriter();
        of.writeKey(key);
        ByteReader value = null;
        if (!of.removes()) {
            ByteWriter out = new ByteWriter();
            of.writeValue(out);
            value = new ByteReader(out.toByteArray());
        }
        ConsumerGroupRecord read = protocol.read(of.type(), of.groupId(), new ByteReader(key.toByteArray()), value);
        assertEquals(record, read);
        if (value != null) {
            value.expectEnd();
        }
        return read;
    }

    // ---- metadata

    public Uuid createTopic(String name, int partitions) {
        Uuid id = new Uuid(7, image.version() + 1);
        metadata(new TopicCreated(new TopicImage(
                id,
                name,
                partitions,
                name.startsWith("__"),
                Placements.of(PLACEMENT),
                Configs.of(java.util.Map.of()))));
        return id;
    }

    public void growTopic(String name, int partitions) {
        metadata(new PartitionsAdded(image.topic(name).orElseThrow().id(), partitions, List.of(PLACEMENT)));
    }

    public void deleteTopic(String name) {
        metadata(new TopicDeleted(image.topic(name).orElseThrow().id()));
    }

    private void metadata(MetadataRecord record) {
        image = image.apply(image.version() + 1, List.of(record));
    }
}
