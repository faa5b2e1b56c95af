package io.braid.quorum;

import io.braid.controller.Command;
import io.braid.image.ClusterImage;
import io.braid.image.ControllerImage;
import io.braid.quorum.message.AlterQuorumRequest;
import io.braid.quorum.message.AlterQuorumRequest.Change;
import io.braid.quorum.message.AlterQuorumResponse;
import io.braid.quorum.message.QuorumStatusResponse;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.protocol.Errors;

/** What is asked of a controller about the quorum itself. Owned by the controller thread. */
final class QuorumRequests {
    /** A controller that was heard of within this time is running. */
    private static final long RUNNING_MS = 3_000;

    private final QuorumNode node;
    private final LeaderHints hints;

    QuorumRequests(QuorumNode node, LeaderHints hints) {
        this.node = node;
        this.hints = hints;
    }

    QuorumStatusResponse status(List<QuorumInfo.ObserverInfo> observers) {
        ClusterImage image = node.image();
        return new QuorumStatusResponse(
                new QuorumStatusResponse.Member(node.self().nodeId(), node.blank(), image.clusterId(), image.version()),
                hints.leader(),
                node.info().with(observers),
                image.controllers());
    }

    CompletableFuture<AlterQuorumResponse> alter(AlterQuorumRequest request) {
        if (!node.leads()) {
            return done(failed(Errors.NOT_CONTROLLER, "this controller does not lead"));
        }
        ClusterImage image = node.image();
        List<ControllerImage> before = image.controllers();
        if (before.isEmpty()) {
            return done(failed(
                    Errors.INVALID_REQUEST,
                    "the only controller is alone: name it in controller.quorum.voters and start it again, so that"
                            + " others can reach it"));
        }
        Optional<ControllerImage> found = image.controller(request.nodeId());
        Optional<String> refused = refuse(request, found, before);
        if (refused.isPresent()) {
            return done(failed(Errors.INVALID_REQUEST, refused.get()));
        }
        // A version is followed by one change only, so the generation was never given to another.
        int generation = request.change() == Change.CLAIM ? request.generation() : (int) image.version() + 1;
        List<ControllerImage> after = new ArrayList<>(before);
        found.ifPresent(after::remove);
        if (request.change() != Change.REMOVE) {
            after.add(changed(request, found, generation));
        }
        after.sort(Comparator.comparingInt(ControllerImage::nodeId));
        return node.submit(new Command.AlterControllers(before, after))
                .thenApply(result -> new AlterQuorumResponse(
                        result.error(), result.message(), hints.leader(), result.ok() ? generation : -1));
    }

    private static ControllerImage changed(
            AlterQuorumRequest request, Optional<ControllerImage> found, int generation) {
        if (request.host().isEmpty()) {
            ControllerImage old = found.orElseThrow();
            return new ControllerImage(
                    old.nodeId(),
                    generation,
                    old.host(),
                    old.controllerPort(),
                    old.raftPort(),
                    request.change() == Change.CLAIM);
        }
        return new ControllerImage(
                request.nodeId(), generation, request.host(), request.controllerPort(), request.raftPort(), false);
    }

    private Optional<String> refuse(
            AlterQuorumRequest request, Optional<ControllerImage> found, List<ControllerImage> controllers) {
        int id = request.nodeId();
        if (request.change() == Change.ADD) {
            return found.isPresent()
                    ? Optional.of("node " + id + " is a controller already")
                    : request.host().isEmpty() ? Optional.of("no address") : Optional.empty();
        }
        if (found.isEmpty()) {
            return Optional.of("node " + id + " is no controller of this cluster");
        }
        return switch (request.change()) {
            case CLAIM ->
                found.get().generation() != request.generation()
                        ? Optional.of("node " + id + " is expected as generation "
                                + found.get().generation() + ", not " + request.generation())
                        : Optional.empty();
            case REPLACE ->
                running(id)
                        ? Optional.of("controller " + id + " is running: stop it first, or remove it")
                        : Optional.empty();
            default -> controllers.size() == 1 ? Optional.of("it is the only controller") : Optional.empty();
        };
    }

    private boolean running(int nodeId) {
        return node.info().voters().stream()
                .anyMatch(v ->
                        v.nodeId() == nodeId && v.logEndIndex() > 0 && v.silentMs() >= 0 && v.silentMs() < RUNNING_MS);
    }

    private AlterQuorumResponse failed(Errors error, String message) {
        return new AlterQuorumResponse(error, message, hints.leader(), -1);
    }

    private static <T> CompletableFuture<T> done(T value) {
        return CompletableFuture.completedFuture(value);
    }
}
