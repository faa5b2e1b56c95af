package io.braid.simulation;

import io.braid.controller.Command;
import io.braid.controller.CommandCodec;
import io.braid.controller.CommandResult;
import io.braid.controller.Fencing;
import io.braid.controller.MetadataState;
import io.braid.controller.Proposal;
import io.braid.controller.RequestId;
import io.braid.image.BrokerImage;
import io.braid.image.ClusterImage;
import io.braid.quorum.Liveness;
import io.braid.quorum.MetadataFeed;
import io.braid.quorum.message.BrokerHeartbeatRequest;
import io.braid.quorum.message.BrokerHeartbeatRequest.Wish;
import io.braid.quorum.message.BrokerHeartbeatResponse;
import io.braid.quorum.message.FetchMetadataRequest;
import io.braid.quorum.message.FetchMetadataResponse;
import io.braid.quorum.message.RegisterBrokerResponse;
import io.braid.quorum.message.SubmitCommandResponse;
import io.braid.quorum.message.VendorResponse.Leader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;

/**
 * A controller: the shipped metadata state machine, liveness and feed, and between them what the shipped
 * ControllerService and its parts do on their thread.
 */
final class SimController extends SimProcess {
    private static final long TICK_MS = 100;
    private static final long STALL_NS = 500_000_000L;

    private final Cluster cluster;
    private final QuorumModel quorum;
    private final int id;
    private final long instance;
    private final Uuid client;
    private final Liveness liveness;
    private final MetadataFeed feed = new MetadataFeed();
    private final List<Poll> polls = new ArrayList<>();
    private final Set<Integer> fencing = new HashSet<>();
    private final Map<Integer, Consumer<CommandResult>> answers = new HashMap<>();
    private final List<Consumer<CommandResult>> unanswered = new ArrayList<>();
    private MetadataState state;
    private int applied;
    private boolean leading;
    private long sequence;
    private long lastTickNs;

    private record Poll(FetchMetadataRequest request, long deadlineNs, Consumer<FetchMetadataResponse> answer) {}

    /** @param disk what an earlier process of this controller left */
    SimController(Cluster cluster, int machine, ControllerDisk disk) {
        super(machine, cluster.timeline, cluster.clock(machine), cluster.trace);
        this.cluster = cluster;
        this.quorum = cluster.quorum;
        this.id = machine;
        this.instance = cluster.nextInstance();
        this.client = cluster.chance.uuid();
        this.liveness = new Liveness(cluster.settings.liveness());
        this.state = disk.load();
        this.applied = disk.index();
        feed.replace(state.image());
        quorum.joined(this);
        lastTickNs = clock.nowNs();
        after(TICK_MS, this::tick);
    }

    int id() {
        return id;
    }

    long instance() {
        return instance;
    }

    int applied() {
        return applied;
    }

    MetadataState state() {
        return state;
    }

    ClusterImage image() {
        return state.image();
    }

    // ---- from the quorum

    void answerAt(int index, Consumer<CommandResult> answer) {
        answers.put(index, answer);
    }

    /** Entries up to an index are known to be committed. */
    void learn(int index) {
        while (applied < index) {
            applied++;
            MetadataState before = state;
            MetadataState.Applied result = cluster.bugs.apply(before, applied, quorum.entry(applied));
            state = result.state();
            cluster.oracle.onApplied(this, applied, result);
            if (!result.records().isEmpty()) {
                feed.add(before.image(), state.image(), result.records());
            }
            Consumer<CommandResult> answer = answers.remove(applied);
            if (answer != null) {
                answer.accept(result.result());
            }
        }
        cluster.controllerDisk(id).applied(applied, state);
        answerPolls();
    }

    void lead() {
        leading = true;
        Map<Integer, Long> unfenced = new HashMap<>();
        for (BrokerImage broker : image().brokers()) {
            if (Fencing.changes(image(), broker.id())) {
                unfenced.put(broker.id(), broker.epoch());
            }
        }
        liveness.startLeading(unfenced, clock.nowNs());
        trace.log("controller %d leads version=%d", id, image().version());
        cluster.onLeading(this);
    }

    void stepDown() {
        if (quorum.leader() == this) {
            return;
        }
        leading = false;
        CommandResult failed = CommandResult.failed(Errors.NOT_CONTROLLER, "this controller does not lead any more");
        List<Consumer<CommandResult>> lost = new ArrayList<>(unanswered);
        unanswered.clear();
        lost.forEach(answer -> answer.accept(failed));
    }

    // ---- from brokers

    /** Registers a broker. */
    void register(byte[] bytes, long connection, Consumer<RegisterBrokerResponse> answer) {
        Proposal proposal = CommandCodec.decode(bytes);
        Command.RegisterBroker command = (Command.RegisterBroker) proposal.command();
        if (!leading) {
            answer.accept(registerFailed(Errors.NOT_CONTROLLER));
            return;
        }
        Optional<BrokerImage> registered = image().broker(command.brokerId());
        boolean same = registered.isPresent() && registered.get().incarnation().equals(command.incarnation());
        if (!same && liveness.connectedElsewhere(command.brokerId(), connection, clock.nowNs())) {
            answer.accept(registerFailed(Errors.DUPLICATE_BROKER_REGISTRATION));
            return;
        }
        submit(proposal, result -> {
            if (result.ok()) {
                liveness.heard(command.brokerId(), result.value(), connection, clock.nowNs());
            }
            answer.accept(new RegisterBrokerResponse(
                    result.error(), result.message(), leader(), result.ok() ? result.value() : -1, result.version()));
        });
    }

    private RegisterBrokerResponse registerFailed(Errors error) {
        return new RegisterBrokerResponse(error, "", leader(), -1, 0);
    }

    void heartbeat(BrokerHeartbeatRequest request, long connection, Consumer<BrokerHeartbeatResponse> answer) {
        Optional<BrokerImage> found = image().broker(request.brokerId());
        boolean stale = found.isEmpty() || found.get().epoch() > request.brokerEpoch();
        if (!leading) {
            if (!stale) {
                heard(request, connection);
            }
            answer.accept(heartbeatAnswer(Errors.NONE, request.brokerId()));
            return;
        }
        if (stale || found.get().epoch() != request.brokerEpoch()) {
            answer.accept(heartbeatAnswer(Errors.STALE_BROKER_EPOCH, request.brokerId()));
            return;
        }
        heard(request, connection);
        boolean fenced = found.get().fenced();
        Command change = request.wish() == Wish.SERVE && fenced
                ? new Command.UnfenceBroker(request.brokerId(), request.brokerEpoch())
                : request.wish() == Wish.LEAVE && Fencing.changes(image(), request.brokerId())
                        ? new Command.FenceBroker(request.brokerId(), request.brokerEpoch())
                        : null;
        if (change == null) {
            answer.accept(heartbeatAnswer(Errors.NONE, request.brokerId()));
        } else {
            submit(own(change), result -> answer.accept(heartbeatAnswer(result.error(), request.brokerId())));
        }
    }

    private void heard(BrokerHeartbeatRequest request, long connection) {
        if (request.wish() == Wish.LEAVE) {
            liveness.forget(request.brokerId(), request.brokerEpoch());
        } else {
            liveness.heard(request.brokerId(), request.brokerEpoch(), connection, clock.nowNs());
        }
    }

    private BrokerHeartbeatResponse heartbeatAnswer(Errors error, int brokerId) {
        boolean fenced = image().broker(brokerId).map(BrokerImage::fenced).orElse(true);
        return new BrokerHeartbeatResponse(error, "", leader(), fenced, image().version());
    }

    /** A connection that a broker was heard of on has ended. */
    void connectionClosed(int brokerId, long connection) {
        liveness.closed(brokerId, connection, clock.nowNs());
    }

    void command(byte[] bytes, Consumer<SubmitCommandResponse> answer) {
        submit(CommandCodec.decode(bytes), result -> {
            Errors way = result.error() == Errors.NOT_CONTROLLER ? Errors.NOT_CONTROLLER : Errors.NONE;
            answer.accept(new SubmitCommandResponse(way, "", leader(), result));
        });
    }

    void fetchMetadata(FetchMetadataRequest request, Consumer<FetchMetadataResponse> answer) {
        Poll poll = new Poll(request, clock.nowNs() + request.maxWaitMs() * 1_000_000L, answer);
        if (request.afterVersion() < feed.image().version()) {
            answer(poll);
        } else {
            polls.add(poll);
        }
    }

    private void answer(Poll poll) {
        ClusterImage image = feed.image();
        Optional<List<byte[]>> batches =
                feed.after(poll.request().afterVersion(), poll.request().maxBytes());
        poll.answer()
                .accept(
                        batches.isPresent()
                                ? FetchMetadataResponse.of(batches.get(), leader())
                                : FetchMetadataResponse.of(image, leader()));
    }

    private void answerPolls() {
        if (!polls.isEmpty()) {
            List<Poll> waiting = new ArrayList<>(polls);
            polls.clear();
            for (Poll poll : waiting) {
                if (poll.request().afterVersion() < feed.image().version()) {
                    answer(poll);
                } else {
                    polls.add(poll);
                }
            }
        }
    }

    // ---- helpers

    /** Proposes a command of this controller's own. */
    void propose(Command command) {
        submit(own(command), result -> {});
    }

    private Proposal own(Command command) {
        long next = sequence++;
        return new Proposal(new RequestId(client, next, next), command);
    }

    private void submit(Proposal proposal, Consumer<CommandResult> answer) {
        if (!leading) {
            answer.accept(CommandResult.failed(Errors.NOT_CONTROLLER, "this controller does not lead"));
            return;
        }
        boolean[] over = new boolean[1];
        Consumer<CommandResult> once = result -> {
            if (!over[0]) {
                over[0] = true;
                answer.accept(result);
            }
        };
        unanswered.add(once);
        quorum.submit(this, proposal, result -> {
            unanswered.remove(once);
            once.accept(result);
        });
    }

    private void tick() {
        after(TICK_MS, this::tick);
        long now = clock.nowNs();
        long late = now - lastTickNs - TICK_MS * 1_000_000;
        lastTickNs = now;
        if (late > STALL_NS) {
            liveness.extendAll(late);
        }
        polls.removeIf(poll -> {
            boolean over = now - poll.deadlineNs() >= 0;
            if (over) {
                poll.answer().accept(FetchMetadataResponse.of(List.of(), leader()));
            }
            return over;
        });
        if (leading && !liveness.expired(now).isEmpty()) {
            expire();
        }
    }

    private void expire() {
        for (Liveness.Expired gone : liveness.expired(clock.nowNs())) {
            Optional<BrokerImage> broker = image().broker(gone.brokerId());
            boolean serves = broker.isPresent()
                    && broker.get().epoch() == gone.brokerEpoch()
                    && Fencing.changes(image(), gone.brokerId());
            if (!serves) {
                liveness.forget(gone.brokerId(), gone.brokerEpoch());
            } else if (fencing.add(gone.brokerId())) {
                cluster.tally.count("brokers fenced");
                trace.log("controller %d misses broker %d epoch=%d", id, gone.brokerId(), gone.brokerEpoch());
                submit(
                        own(new Command.FenceBroker(gone.brokerId(), gone.brokerEpoch())),
                        result -> fencing.remove(gone.brokerId()));
            }
        }
    }

    private Leader leader() {
        SimController known = quorum.leader();
        return known == null ? Leader.UNKNOWN : new Leader(known.id(), "controller", known.id());
    }
}
