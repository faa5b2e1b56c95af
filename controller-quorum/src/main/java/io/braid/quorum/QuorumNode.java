package io.braid.quorum;

import io.braid.controller.Admission;
import io.braid.controller.Command;
import io.braid.controller.CommandCodec;
import io.braid.controller.CommandResult;
import io.braid.controller.Limits;
import io.braid.controller.Proposal;
import io.braid.image.ClusterImage;
import io.braid.image.MetadataRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.SetConfigurationRequest;
import org.apache.ratis.protocol.TransferLeadershipRequest;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;

/**
 * One controller: a voter of the metadata quorum. Thread-safe. Its state machine is read in process; writes go through
 * the Raft log in process too, and only if this controller leads.
 */
public final class QuorumNode implements AutoCloseable {
    private static final long HAND_OVER_MS = 1_000;

    private final QuorumConfig config;
    private final MetadataStateMachine stateMachine;
    private final RaftServer server;
    private final RaftView view;
    private final CompletableFuture<Void> ready = new CompletableFuture<>();
    private final CompletableFuture<Void> clustered = new CompletableFuture<>();
    private final ClientId raftClient = ClientId.randomId();
    private final AtomicLong callIds = new AtomicLong();
    private final OwnCommands ownCommands = new OwnCommands(Uuid.randomUuid());

    private QuorumNode(QuorumConfig config, FatalListener fatal) throws IOException {
        this.config = config;
        AtomicBoolean told = new AtomicBoolean();
        this.stateMachine = new MetadataStateMachine(config.snapshotEntries(), (reason, cause) -> {
            if (told.compareAndSet(false, true)) {
                fatal.onFatal(reason, cause);
            }
        });
        stateMachine.addListener(new QuorumListener() {
            @Override
            public void onLeading() {
                ready.complete(null);
            }

            @Override
            public void onApplied(ClusterImage before, ClusterImage after, List<MetadataRecord> records) {
                onReplaced(after);
            }

            @Override
            public void onReplaced(ClusterImage image) {
                if (!image.clusterId().isEmpty()) {
                    clustered.complete(null);
                }
            }
        });
        this.server = RaftSetup.newServer(config, stateMachine);
        this.view = new RaftView(server, config.self());
    }

    /**
     * Starts it and returns; it may lead a moment later, see {@link #ready}. Blocks while the log and the newest snapshot
     * are read.
     *
     * @param fatal told once, with the reason, when this controller can no longer do its work and the process must end
     * @throws IOException when the directory or the port cannot be used, or what is in the directory is damaged
     */
    public static QuorumNode start(QuorumConfig config, FatalListener fatal) throws IOException {
        MetadataFiles.check(config);
        QuorumNode node;
        try {
            node = new QuorumNode(config, fatal);
        } catch (CompletionException | IllegalStateException e) {
            throw MetadataFiles.explain(config, e);
        }
        try {
            node.server.start();
            MetadataFiles.checkEnd(config, node.server.getDivision(RaftSetup.GROUP));
        } catch (CompletionException | IllegalStateException e) {
            node.giveUp();
            throw MetadataFiles.explain(config, e);
        } catch (IOException | RuntimeException e) {
            node.giveUp();
            throw e;
        }
        return node;
    }

    /** Complete when this controller led for the first time, with all that was committed applied; on other voters, never. */
    public CompletableFuture<Void> ready() {
        return ready;
    }

    /** Complete when the image here shows that there is a cluster, whoever leads. */
    public CompletableFuture<Void> clustered() {
        return clustered;
    }

    /**
     * Proposes a command. The future never fails: NOT_CONTROLLER means that this controller does not lead, or lost the
     * lead on the way, so that the command may have been applied; sending it again under the same id is safe.
     */
    public CompletableFuture<CommandResult> submit(Proposal proposal) {
        if (!stateMachine.leads()) {
            return CompletableFuture.completedFuture(notController());
        }
        Optional<CommandResult> refusal = Admission.refusal(proposal.command(), image());
        if (refusal.isPresent()) {
            return CompletableFuture.completedFuture(refusal.get());
        }
        if (proposal.command().validateOnly()) {
            return CompletableFuture.completedFuture(stateMachine.state().preview(proposal.command()));
        }
        byte[] bytes = CommandCodec.encode(proposal);
        if (bytes.length > Limits.MAX_COMMAND_BYTES) {
            return CompletableFuture.completedFuture(CommandResult.failed(
                    Errors.INVALID_REQUEST,
                    "the command takes " + bytes.length + " bytes, more than " + Limits.MAX_COMMAND_BYTES));
        }
        long callId = callIds.incrementAndGet();
        Submission submission = new Submission(proposal);
        stateMachine.announce(callId, submission);
        return send(callId, bytes).handle((reply, failure) -> {
            stateMachine.forget(callId);
            CommandResult result = submission.result();
            return failure == null && reply.isSuccess() && result != null ? result : notController();
        });
    }

    private CompletableFuture<RaftClientReply> send(long callId, byte[] bytes) {
        try {
            return server.submitClientRequestAsync(RaftClientRequest.newBuilder()
                    .setClientId(raftClient)
                    .setServerId(server.getId())
                    .setGroupId(RaftSetup.GROUP)
                    .setCallId(callId)
                    .setMessage(Message.valueOf(UnsafeByteOperations.unsafeWrap(bytes)))
                    .setType(RaftClientRequest.writeRequestType())
                    .build());
        } catch (IOException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Proposes a command of this controller's own, under a request id of its own. */
    public CompletableFuture<CommandResult> submit(Command command) {
        return ownCommands.submit(command, this::submit);
    }

    /** The newest image. */
    public ClusterImage image() {
        return stateMachine.state().image();
    }

    /** Whether this controller leads and has applied all that was committed before. */
    public boolean leads() {
        return stateMachine.leads();
    }

    /** The quorum as this controller sees it; it does not know of brokers. */
    public QuorumInfo info() {
        return view.info();
    }

    /** Node id of the leader, or -1 when unknown. */
    int leaderId() {
        return view.leaderId();
    }

    /** Whether nothing was ever agreed on by this member: it was just made, for a new cluster that has no leader yet. */
    public boolean blank() {
        return !config.voters().isEmpty() && view.blank();
    }

    /** Where this controller is to be found, and who it is. */
    public Voter self() {
        return config.self();
    }

    List<Voter> voters() {
        return view.voters();
    }

    /**
     * Makes these the voters. Completes with whether they are; it takes as long as a new one needs to catch up. Refused
     * where this controller does not lead.
     */
    CompletableFuture<Boolean> setVoters(List<Voter> voters) {
        try {
            return server.setConfigurationAsync(new SetConfigurationRequest(
                            raftClient,
                            server.getId(),
                            RaftSetup.GROUP,
                            callIds.incrementAndGet(),
                            SetConfigurationRequest.Arguments.newBuilder()
                                    .setServersInNewConf(
                                            voters.stream().map(Voter::toPeer).toList())
                                    .setMode(SetConfigurationRequest.Mode.SET_UNCONDITIONALLY)
                                    .build()))
                    .handle((reply, failure) -> failure == null && reply.isSuccess());
        } catch (IOException e) {
            return CompletableFuture.completedFuture(false);
        }
    }

    /** Gives the lead to another voter; completes with whether it took it. */
    CompletableFuture<Boolean> handOver(Voter to) {
        try {
            return server.transferLeadershipAsync(new TransferLeadershipRequest(
                            raftClient,
                            server.getId(),
                            RaftSetup.GROUP,
                            callIds.incrementAndGet(),
                            to.toPeer().getId(),
                            HAND_OVER_MS))
                    .handle((reply, failure) -> failure == null && reply.isSuccess());
        } catch (IOException e) {
            return CompletableFuture.completedFuture(false);
        }
    }

    /** Where the Raft server listens, with the port that was picked; port 0 when it is the only voter and has none. */
    public InetSocketAddress raftAddress() {
        return server.getServerRpc().getInetSocketAddress();
    }

    /** Adds a listener and tells it of the image there is and of the lead, if this controller has it. */
    void addListener(QuorumListener listener) {
        stateMachine.addListener(listener);
        listener.onReplaced(image());
        if (leads()) {
            listener.onLeading();
        }
    }

    void removeListener(QuorumListener listener) {
        stateMachine.removeListener(listener);
    }

    /** Lets go of what could not be used. */
    private void giveUp() throws IOException {
        stateMachine.onClosing();
        server.close();
    }

    /** Stops it, with a snapshot if much was applied since the last one. Blocks. */
    @Override
    public void close() {
        stateMachine.onClosing();
        try {
            Optional<TermIndex> end = view.agreed();
            server.close();
            if (end.isPresent()) {
                MetadataFiles.writeEnd(config, end.get());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the metadata quorum did not stop cleanly", e);
        }
    }

    private static CommandResult notController() {
        return CommandResult.failed(Errors.NOT_CONTROLLER, "this controller does not lead");
    }

    /** Told when the node must stop. */
    public interface FatalListener {
        /** Called at most once, on any thread; must not block. */
        void onFatal(String reason, Throwable cause);
    }
}
