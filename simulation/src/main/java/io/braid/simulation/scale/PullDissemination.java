package io.braid.simulation.scale;

import io.braid.image.ClusterImage;
import io.braid.quorum.MetadataFeed;
import io.braid.quorum.MetadataPuller;
import io.braid.quorum.message.FetchMetadataRequest;
import io.braid.quorum.message.FetchMetadataResponse;
import io.braid.quorum.message.RecordBatch;
import io.braid.quorum.message.VendorResponse.Leader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.protocol.ByteBufferAccessor;

/**
 * As it is shipped: every broker has a long poll at the leading controller, which answers all of them with the batches that
 * it keeps ({@link MetadataFeed}); a broker applies them ({@link MetadataPuller}) and asks again.
 */
final class PullDissemination implements Dissemination {
    private static final int MAX_WAIT_MS = 1_500;
    private static final Leader LEADER = new Leader(1, "controller-1.eu-west-1.kafka.example.net", 9_094);

    private final Spreading world;
    private final MetadataFeed feed = new MetadataFeed();
    private final Shared<Part, Answer> answers;
    private final long requestBytes;
    private List<Follower> waiting = new ArrayList<>();
    private long polls;

    private record Part(long from, int batches) {}

    private record Answer(long bytes, int records, ClusterImage image) {}

    PullDissemination(Spreading world, boolean sharing) {
        this.world = world;
        this.answers = new Shared<>(sharing);
        feed.replace(world.before());
        waiting.addAll(world.followers());
        requestBytes = Subscription.encode(
                        new FetchMetadataRequest(1, world.before().version(), MAX_WAIT_MS, 8 << 20))
                .remaining();
    }

    @Override
    public String name() {
        return "pull";
    }

    @Override
    public void onCommitted(Change change) {
        feed.add(change.before(), change.after(), change.records());
        List<Follower> asked = waiting;
        waiting = new ArrayList<>();
        asked.forEach(this::answer);
    }

    /** On the controller's thread: looks up what leads on; a network thread encodes it. */
    private void answer(Follower follower) {
        Fabric fabric = world.fabric();
        fabric.work(world.leader(), Host.Worker.METADATA, fabric.costs().feedNs(), () -> {
            ClusterImage have = follower.image();
            List<byte[]> batches =
                    feed.after(have.version(), 8 << 20).orElseThrow(() -> new IllegalStateException("feed too short"));
            Answer answer = answers.get(new Part(have.version(), batches.size()), () -> make(have, batches));
            polls++;
            fabric.work(
                    world.leader(),
                    Host.Worker.NETWORK,
                    fabric.costs().encode().of(answer.bytes()),
                    () -> fabric.send(
                            world.leader(), follower.host(), answer.bytes(), () -> onAnswer(follower, answer)));
        });
    }

    private static Answer make(ClusterImage have, List<byte[]> batches) {
        ByteBuffer bytes = Subscription.encode(FetchMetadataResponse.of(batches, LEADER));
        int size = bytes.remaining();
        FetchMetadataResponse received = new FetchMetadataResponse();
        received.read(new ByteBufferAccessor(bytes), (short) 0);
        ClusterImage image = new MetadataPuller(1, MAX_WAIT_MS).onAnswer(received, have);
        int records = batches.stream()
                .mapToInt(batch -> RecordBatch.decode(batch).records().size())
                .sum();
        return new Answer(size, records, image);
    }

    private void onAnswer(Follower follower, Answer answer) {
        Fabric fabric = world.fabric();
        fabric.work(
                follower.host(), Host.Worker.METADATA, fabric.costs().apply().of(answer.records()), () -> {
                    follower.advance(answer.image(), answer.records());
                    fabric.send(follower.host(), world.leader(), requestBytes, () -> onPoll(follower));
                });
    }

    private void onPoll(Follower follower) {
        if (follower.image().version() < feed.image().version()) {
            answer(follower);
        } else {
            waiting.add(follower);
        }
    }

    @Override
    public void describe(Map<String, Object> into) {
        into.put("answersOfTheLeader", polls);
    }
}
