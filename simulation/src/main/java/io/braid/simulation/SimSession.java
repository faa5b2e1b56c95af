package io.braid.simulation;

import io.braid.controller.Command;
import io.braid.controller.CommandResult;
import io.braid.image.ClusterImage;
import io.braid.quorum.CommandSender;
import io.braid.quorum.ImageHolder;
import io.braid.quorum.MetadataPuller;
import io.braid.quorum.message.BrokerHeartbeatRequest;
import io.braid.quorum.message.BrokerHeartbeatRequest.Wish;
import io.braid.quorum.message.BrokerHeartbeatResponse;
import io.braid.quorum.message.FetchMetadataRequest;
import io.braid.quorum.message.FetchMetadataResponse;
import io.braid.quorum.message.RegisterBrokerResponse;
import io.braid.quorum.message.SubmitCommandResponse;
import io.braid.quorum.message.VendorResponse.Leader;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.apache.kafka.common.protocol.Errors;

/**
 * A broker's session with the controllers, as the shipped BrokerSession holds it: registration, heartbeats to every
 * controller, metadata by long poll from one of them, commands until they are answered.
 */
final class SimSession {
    private static final long HEARTBEAT_MS = 500;
    private static final long REQUEST_MS = 3_000;
    private static final long BACKOFF_MS = 100;
    private static final long COMMAND_NS = 30_000_000_000L;

    private final Cluster cluster;
    private final SimBroker broker;
    private final Command.RegisterBroker registration;
    private final ImageHolder images = new ImageHolder();
    private final CommandSender commands;
    private final MetadataPuller puller;
    private Wish wish = Wish.STAY_FENCED;
    private long brokerEpoch = -1;
    private long registeredVersion = -1;
    private boolean registering;
    private boolean ready;
    private int leader;
    private int polled;
    private long heartbeatRound;

    SimSession(Cluster cluster, SimBroker broker, Command.RegisterBroker registration) {
        this.cluster = cluster;
        this.broker = broker;
        this.registration = registration;
        this.commands = new CommandSender(registration.incarnation());
        this.puller = new MetadataPuller(broker.id(), (int) REQUEST_MS / 2);
        this.leader = cluster.chance.below(cluster.quorum.controllers());
        this.polled = cluster.chance.below(cluster.quorum.controllers());
        images.addListener((before, after) -> cluster.timeline.guarded(() -> broker.onImage(before, after)));
    }

    void start() {
        register();
        poll();
    }

    /** Of the current registration, or -1. */
    long brokerEpoch() {
        return brokerEpoch;
    }

    ClusterImage image() {
        return images.image();
    }

    /** Tells the controllers that this broker may lead. */
    void serve() {
        wish = Wish.SERVE;
        sendHeartbeats();
    }

    /** Tells them that it is about to go. */
    void leave() {
        wish = Wish.LEAVE;
        sendHeartbeats();
    }

    /** Carries a command to the leading controller until it is answered; the image shows the result then. */
    void submit(Command command, Consumer<CommandResult> done) {
        CommandSender.Pending pending = new CommandSender.Pending(command, broker.clock.nowNs() + COMMAND_NS);
        then(pending.future, done);
        commands.add(pending);
        sendCommands();
    }

    private <T> void then(CompletableFuture<T> future, Consumer<T> done) {
        var unused = future.thenAccept(value -> cluster.timeline.guarded(() -> done.accept(value)));
    }

    private void sendCommands() {
        for (CommandSender.Pending next = commands.next(); next != null; next = commands.next()) {
            send(next);
        }
    }

    private void send(CommandSender.Pending pending) {
        if (broker.clock.nowNs() - pending.deadlineNs >= 0) {
            finish(pending, CommandResult.failed(Errors.REQUEST_TIMED_OUT, "no controller answered in time"));
            return;
        }
        int to = leader;
        byte[] bytes = pending.bytes;
        cluster.network.<SimController, SubmitCommandResponse>call(
                broker,
                to,
                () -> cluster.quorum.controller(to),
                (controller, answer) -> controller.command(bytes, answer),
                REQUEST_MS,
                answer -> {
                    if (answer.error() != Errors.NONE) {
                        leaderLost(to, answer.leader());
                        later(() -> send(pending));
                    } else {
                        long version = answer.result().version();
                        CompletableFuture<Void> shown = new CompletableFuture<>();
                        then(shown, nothing -> finish(pending, answer.result()));
                        images.await(image -> image.version() >= version, shown);
                    }
                },
                () -> {
                    leaderLost(to, Leader.UNKNOWN);
                    later(() -> send(pending));
                });
    }

    private void finish(CommandSender.Pending pending, CommandResult result) {
        commands.finished(pending);
        pending.future.complete(result);
        sendCommands();
    }

    // ---- registration

    private void register() {
        registering = true;
        CommandSender.Pending pending = new CommandSender.Pending(registration, broker.clock.nowNs() + COMMAND_NS);
        commands.add(pending);
        for (CommandSender.Pending next = commands.next(); next != null; next = commands.next()) {
            if (next == pending) {
                sendRegistration(next);
            } else {
                send(next);
            }
        }
    }

    private void sendRegistration(CommandSender.Pending pending) {
        int to = leader;
        byte[] bytes = pending.bytes;
        cluster.network.<SimController, RegisterBrokerResponse>call(
                broker,
                to,
                () -> cluster.quorum.controller(to),
                (controller, answer) -> controller.register(bytes, cluster.connection(broker, controller), answer),
                REQUEST_MS,
                answer -> {
                    if (answer.error() == Errors.NONE) {
                        registered(pending, answer);
                    } else if (answer.error() == Errors.INVALID_REQUEST) {
                        commands.finished(pending);
                        later(this::register);
                    } else {
                        leaderLost(to, answer.leader());
                        later(() -> sendRegistration(pending));
                    }
                },
                () -> {
                    leaderLost(to, Leader.UNKNOWN);
                    later(() -> sendRegistration(pending));
                });
    }

    private void registered(CommandSender.Pending pending, RegisterBrokerResponse answer) {
        commands.finished(pending);
        registering = false;
        brokerEpoch = answer.brokerEpoch();
        registeredVersion = answer.version();
        broker.trace.log("broker %d registered epoch=%d", broker.id(), brokerEpoch);
        CompletableFuture<Void> shown = new CompletableFuture<>();
        then(shown, nothing -> whenReady());
        images.await(image -> image.version() >= registeredVersion, shown);
        heartbeatEvery(++heartbeatRound);
        sendCommands();
    }

    private void whenReady() {
        if (!ready) {
            ready = true;
            broker.onReady();
        } else {
            sendHeartbeats();
        }
    }

    // ---- heartbeats

    private void heartbeatEvery(long round) {
        if (round == heartbeatRound) {
            sendHeartbeats();
            broker.after(HEARTBEAT_MS, () -> heartbeatEvery(round));
        }
    }

    private void sendHeartbeats() {
        if (brokerEpoch < 0) {
            return;
        }
        BrokerHeartbeatRequest heartbeat = new BrokerHeartbeatRequest(
                broker.id(), brokerEpoch, images.image().version(), wish);
        for (int i = 0; i < cluster.quorum.controllers(); i++) {
            int to = i;
            cluster.network.<SimController, BrokerHeartbeatResponse>call(
                    broker,
                    to,
                    () -> cluster.quorum.controller(to),
                    (controller, answer) ->
                            controller.heartbeat(heartbeat, cluster.connection(broker, controller), answer),
                    REQUEST_MS,
                    answer -> {
                        if (answer.error() == Errors.STALE_BROKER_EPOCH
                                && heartbeat.brokerEpoch() == brokerEpoch
                                && !registering) {
                            register();
                        }
                    },
                    () -> {});
        }
    }

    // ---- metadata

    private void poll() {
        int from = polled;
        FetchMetadataRequest request = puller.nextRequest(images.image());
        cluster.network.<SimController, FetchMetadataResponse>call(
                broker,
                from,
                () -> cluster.quorum.controller(from),
                (controller, answer) -> controller.fetchMetadata(request, answer),
                REQUEST_MS,
                answer -> {
                    images.advance(puller.onAnswer(answer, images.image()));
                    poll();
                },
                () -> {
                    puller.reset();
                    polled = (from + 1) % cluster.quorum.controllers();
                    later(this::poll);
                });
    }

    /** Follows another controller's metadata from now on, as after a lost connection. */
    void pollAnother() {
        polled = cluster.chance.below(cluster.quorum.controllers());
    }

    private void leaderLost(int was, Leader hint) {
        if (was == leader) {
            leader = hint.nodeId() >= 0 ? hint.nodeId() : (was + 1) % cluster.quorum.controllers();
        }
    }

    private void later(Runnable task) {
        broker.after(BACKOFF_MS, task);
    }
}
