package io.braid.quorum;

import io.braid.image.ControllerImage;
import io.braid.quorum.message.AlterQuorumRequest;
import io.braid.quorum.message.AlterQuorumResponse;
import io.braid.quorum.message.QuorumStatusRequest;
import io.braid.quorum.message.QuorumStatusResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out how a controller is to begin: with the log it has, or, where its directory is empty, as its peers say
 * ({@link BootstrapDecision}). Blocking; for the thread that starts the node.
 */
public final class QuorumBootstrap {
    private static final Logger LOG = LoggerFactory.getLogger(QuorumBootstrap.class);
    private static final Duration ASK_TIMEOUT = Duration.ofSeconds(2);
    private static final long ASK_AGAIN_MS = 100;

    private final int nodeId;
    private final List<ControllerImage> configured;
    private final Path directory;
    private final List<ControllerChannel> peers;

    /**
     * Prepares to ask.
     *
     * @param configured the controllers that the configuration names, this one included
     * @param directory of the metadata log
     * @param peers ways to the others, which the caller closes
     */
    public QuorumBootstrap(
            int nodeId, List<ControllerImage> configured, Path directory, List<ControllerChannel> peers) {
        this.nodeId = nodeId;
        this.configured = List.copyOf(configured);
        this.directory = directory;
        this.peers = List.copyOf(peers);
    }

    /** Whether this controller never had a part in a quorum, and did not say to one that it will. */
    public boolean blank() {
        return !RaftSetup.formatted(directory) && !Files.exists(directory.resolve(ControllerIdentity.FILE_NAME));
    }

    /**
     * How to begin.
     *
     * @param self under which generation, and where
     * @param voters the first voters, for a new cluster, or those that there are if this one is among them; empty to wait until the
     *     others take this one in, or where there is a log that says it
     */
    public record Start(Voter self, List<Voter> voters) {
        public Start {
            voters = List.copyOf(voters);
        }
    }

    /**
     * Asks until it is clear how to begin.
     *
     * @throws IOException with one line, if this controller must not start, or it was not clear in time
     */
    public Start await(Duration timeout) throws IOException, InterruptedException {
        OptionalInt claimed = ControllerIdentity.read(directory, nodeId);
        if (RaftSetup.formatted(directory)) {
            int generation = claimed.orElse(0);
            return begin(generation, generation == 0 ? first() : List.of());
        }
        long deadlineNs = System.nanoTime() + timeout.toNanos();
        String told = "";
        while (true) {
            BootstrapDecision decision = BootstrapDecision.decide(nodeId, configured.size(), claimed, ask());
            String problem = decision.reason();
            if (decision.kind() == BootstrapDecision.Kind.FORM) {
                return begin(0, first());
            }
            if (decision.kind() == BootstrapDecision.Kind.REFUSE) {
                throw new IOException(problem);
            }
            if (decision.kind() == BootstrapDecision.Kind.JOIN) {
                ControllerImage me = decision.join().orElseThrow();
                ControllerIdentity.write(directory, nodeId, me.generation());
                claimed = OptionalInt.of(me.generation());
                Optional<String> refused = claim(me);
                if (refused.isEmpty()) {
                    return begin(me.generation(), decision.voters());
                }
                problem = refused.get();
            }
            if (!problem.equals(told)) {
                LOG.info("controller waits node={} reason=\"{}\"", nodeId, problem);
                told = problem;
            }
            if (System.nanoTime() - deadlineNs >= 0) {
                throw new IOException("the metadata directory is empty, and the other controllers do not say whether"
                        + " there is a cluster: " + problem);
            }
            Thread.sleep(ASK_AGAIN_MS);
        }
    }

    private Start begin(int generation, List<Voter> voters) {
        ControllerImage me = configured.stream()
                .filter(c -> c.nodeId() == nodeId)
                .findFirst()
                .orElseThrow();
        return new Start(new Voter(nodeId, generation, me.host(), me.raftPort()), voters);
    }

    private List<Voter> first() {
        return configured.stream().map(Voter::of).toList();
    }

    private List<QuorumStatusResponse> ask() throws InterruptedException {
        List<CompletableFuture<ApiMessage>> asked = new ArrayList<>();
        for (ControllerChannel peer : peers) {
            asked.add(peer.send(new QuorumStatusRequest(), ASK_TIMEOUT));
        }
        List<QuorumStatusResponse> answers = new ArrayList<>();
        for (CompletableFuture<ApiMessage> each : asked) {
            answer(each, QuorumStatusResponse.class).ifPresent(answers::add);
        }
        return answers;
    }

    /** Says to the leader that this controller begins; empty if it agreed, else why not. */
    private Optional<String> claim(ControllerImage me) throws InterruptedException {
        String problem = "no controller leads";
        for (ControllerChannel peer : peers) {
            Optional<AlterQuorumResponse> answer = answer(
                    peer.send(AlterQuorumRequest.claim(nodeId, me.generation()), ASK_TIMEOUT),
                    AlterQuorumResponse.class);
            if (answer.isPresent() && answer.get().error() == Errors.NONE) {
                return Optional.empty();
            }
            if (answer.isPresent() && answer.get().error() != Errors.NOT_CONTROLLER) {
                problem = answer.get().message();
            }
        }
        return Optional.of(problem);
    }

    private static <T extends ApiMessage> Optional<T> answer(CompletableFuture<ApiMessage> asked, Class<T> type)
            throws InterruptedException {
        try {
            ApiMessage answer = asked.get(ASK_TIMEOUT.toMillis() * 2, TimeUnit.MILLISECONDS);
            return type.isInstance(answer) ? Optional.of(type.cast(answer)) : Optional.empty();
        } catch (ExecutionException | TimeoutException e) {
            LOG.debug("a controller does not answer", e);
            return Optional.empty();
        }
    }
}
