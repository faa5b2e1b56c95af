package io.braid.quorum;

import io.braid.controller.Command;
import io.braid.controller.CommandResult;
import io.braid.controller.Fencing;
import io.braid.controller.Proposal;
import io.braid.image.BrokerImage;
import io.braid.image.ClusterImage;
import io.braid.protocol.network.ConnectionState;
import io.braid.quorum.message.BrokerHeartbeatRequest;
import io.braid.quorum.message.BrokerHeartbeatRequest.Wish;
import io.braid.quorum.message.BrokerHeartbeatResponse;
import io.braid.quorum.message.RegisterBrokerResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.apache.kafka.common.protocol.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The brokers' sessions with this controller: who registered, who was heard of, and who is to be fenced if this controller
 * leads. Owned by the controller thread.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what is chained here ends in a future of its own, or nowhere
final class BrokerSessions {
    private static final Logger LOG = LoggerFactory.getLogger(BrokerSessions.class);

    /** The newest heartbeat of a broker. */
    private record Heard(long version, long atNs) {}

    private final QuorumNode node;
    private final LeaderHints hints;
    private final Executor thread;
    private final Liveness liveness;
    private final Set<Long> watchedConnections = new HashSet<>();
    private final Set<Integer> fencing = new HashSet<>();
    private final Map<Integer, Heard> heard = new TreeMap<>();
    private boolean leading;

    BrokerSessions(QuorumNode node, LivenessConfig config, LeaderHints hints, Executor thread) {
        this.node = node;
        this.hints = hints;
        this.thread = thread;
        this.liveness = new Liveness(config);
    }

    /** @param clusterId the cluster that the broker's data belongs to, "" for none */
    CompletableFuture<RegisterBrokerResponse> register(
            Proposal proposal, String clusterId, ConnectionState connection) {
        if (!(proposal.command() instanceof Command.RegisterBroker command)) {
            return done(registerFailed(Errors.INVALID_REQUEST, "no registration"));
        }
        if (!node.leads()) {
            return done(registerFailed(Errors.NOT_CONTROLLER, "this controller does not lead"));
        }
        String ours = node.image().clusterId();
        if (!clusterId.isEmpty() && !ours.isEmpty() && !clusterId.equals(ours)) {
            return done(registerFailed(
                    Errors.INCONSISTENT_CLUSTER_ID,
                    "its data belongs to cluster " + clusterId + ", the controllers to cluster " + ours));
        }
        Optional<BrokerImage> registered = node.image().broker(command.brokerId());
        boolean same = registered.isPresent() && registered.get().incarnation().equals(command.incarnation());
        if (!same && liveness.connectedElsewhere(command.brokerId(), connection.id(), System.nanoTime())) {
            return done(registerFailed(
                    Errors.DUPLICATE_BROKER_REGISTRATION,
                    "another process runs as broker " + command.brokerId() + " and is connected"));
        }
        watch(command.brokerId(), connection);
        return node.submit(proposal).thenApplyAsync(result -> registered(result, command, connection), thread);
    }

    private RegisterBrokerResponse registered(
            CommandResult result, Command.RegisterBroker command, ConnectionState connection) {
        if (result.ok()) {
            liveness.heard(command.brokerId(), result.value(), connection.id(), System.nanoTime());
            LOG.info("broker registered id={} epoch={}", command.brokerId(), result.value());
        }
        return new RegisterBrokerResponse(
                result.error(), result.message(), hints.leader(), result.ok() ? result.value() : -1, result.version());
    }

    private RegisterBrokerResponse registerFailed(Errors error, String message) {
        return new RegisterBrokerResponse(error, message, hints.leader(), -1, 0);
    }

    CompletableFuture<BrokerHeartbeatResponse> heartbeat(BrokerHeartbeatRequest request, ConnectionState connection) {
        ClusterImage image = node.image();
        Optional<BrokerImage> found = image.broker(request.brokerId());
        boolean stale = found.isEmpty() || found.get().epoch() > request.brokerEpoch();
        if (!node.leads()) {
            if (!stale) {
                heard(request, connection);
            }
            return done(answer(Errors.NONE, image, found));
        }
        if (stale || found.get().epoch() != request.brokerEpoch()) {
            return done(answer(Errors.STALE_BROKER_EPOCH, image, found));
        }
        heard(request, connection);
        boolean fenced = found.get().fenced();
        Command change = request.wish() == Wish.SERVE && fenced
                ? new Command.UnfenceBroker(request.brokerId(), request.brokerEpoch())
                : request.wish() == Wish.LEAVE && Fencing.changes(image, request.brokerId())
                        ? new Command.FenceBroker(request.brokerId(), request.brokerEpoch())
                        : null;
        if (change == null) {
            return done(answer(Errors.NONE, image, found));
        }
        return node.submit(change)
                .thenApplyAsync(
                        result -> answer(
                                result.error(), node.image(), node.image().broker(request.brokerId())),
                        thread);
    }

    private void heard(BrokerHeartbeatRequest request, ConnectionState connection) {
        long now = System.nanoTime();
        watch(request.brokerId(), connection);
        heard.put(request.brokerId(), new Heard(request.version(), now));
        if (request.wish() == Wish.LEAVE) {
            liveness.forget(request.brokerId(), request.brokerEpoch());
        } else {
            liveness.heard(request.brokerId(), request.brokerEpoch(), connection.id(), now);
        }
    }

    private BrokerHeartbeatResponse answer(Errors error, ClusterImage image, Optional<BrokerImage> broker) {
        boolean fenced = broker.map(BrokerImage::fenced).orElse(true);
        return new BrokerHeartbeatResponse(error, "", hints.leader(), fenced, image.version());
    }

    /** The end of a connection that a broker was heard of on starts its short grace. */
    private void watch(int brokerId, ConnectionState connection) {
        if (watchedConnections.add(connection.id())) {
            connection.onClose(() -> thread.execute(() -> {
                watchedConnections.remove(connection.id());
                liveness.closed(brokerId, connection.id(), System.nanoTime());
            }));
        }
    }

    /** This controller leads from now on: it answers for every broker that is, or may be, in an in-sync set. */
    void startLeading(long nowNs) {
        leading = true;
        ClusterImage image = node.image();
        Map<Integer, Long> live = new HashMap<>();
        for (BrokerImage broker : image.brokers()) {
            if (Fencing.changes(image, broker.id())) {
                live.put(broker.id(), broker.epoch());
            }
        }
        liveness.startLeading(live, nowNs);
    }

    void stopLeading() {
        leading = false;
    }

    /** The controller stood still for a while. */
    void extendAll(long byNs) {
        liveness.extendAll(byNs);
    }

    /** Whether {@link #expire} has anything to do. */
    boolean anyExpired(long nowNs) {
        return leading && !liveness.expired(nowNs).isEmpty();
    }

    /** Fences those that were not heard of for too long: one command each. */
    void expire() {
        for (Liveness.Expired gone : liveness.expired(System.nanoTime())) {
            ClusterImage image = node.image();
            Optional<BrokerImage> broker = image.broker(gone.brokerId());
            boolean serves = broker.isPresent()
                    && broker.get().epoch() == gone.brokerEpoch()
                    && Fencing.changes(image, gone.brokerId());
            if (!serves || !leading) {
                liveness.forget(gone.brokerId(), gone.brokerEpoch());
            } else if (fencing.add(gone.brokerId())) {
                LOG.info("broker is not heard of any more id={} epoch={}", gone.brokerId(), gone.brokerEpoch());
                node.submit(new Command.FenceBroker(gone.brokerId(), gone.brokerEpoch()))
                        .whenCompleteAsync((result, failure) -> fencing.remove(gone.brokerId()), thread);
            }
        }
    }

    /** The registered brokers that were heard of. */
    List<QuorumInfo.ObserverInfo> observers(long nowNs) {
        ClusterImage image = node.image();
        heard.keySet().removeIf(id -> image.broker(id).isEmpty());
        List<QuorumInfo.ObserverInfo> observers = new ArrayList<>(heard.size());
        heard.forEach((id, last) ->
                observers.add(new QuorumInfo.ObserverInfo(id, last.version() + 1, (nowNs - last.atNs()) / 1_000_000)));
        return observers;
    }

    private static <T> CompletableFuture<T> done(T value) {
        return CompletableFuture.completedFuture(value);
    }
}
