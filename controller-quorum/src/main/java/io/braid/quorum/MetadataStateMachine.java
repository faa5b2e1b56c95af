package io.braid.quorum;

import io.braid.controller.CommandCodec;
import io.braid.controller.MetadataState;
import io.braid.controller.Proposal;
import io.braid.image.ClusterImage;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RoleInfoProto;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.exceptions.StateMachineException;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.StateMachineStorage;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.statemachine.impl.SingleFileSnapshotInfo;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.util.LifeCycle;

/**
 * The metadata state machine as Ratis runs it. State changes on Ratis's apply thread only; {@link #state} may be read
 * from any thread.
 */
final class MetadataStateMachine extends BaseStateMachine {
    private final SnapshotStorage snapshots;
    private final List<QuorumListener> listeners = new CopyOnWriteArrayList<>();
    private final Map<Long, Submission> submissions = new ConcurrentHashMap<>();
    private final QuorumNode.FatalListener fatal;
    private volatile MetadataState state = MetadataState.EMPTY;
    private volatile boolean leads;
    private volatile boolean closing;

    MetadataStateMachine(int snapshotEntries, QuorumNode.FatalListener fatal) {
        this.snapshots = new SnapshotStorage(snapshotEntries);
        this.fatal = fatal;
    }

    MetadataState state() {
        return state;
    }

    boolean leads() {
        return leads;
    }

    void addListener(QuorumListener listener) {
        listeners.add(listener);
    }

    void removeListener(QuorumListener listener) {
        listeners.remove(listener);
    }

    /** Announces a write of this controller; only announced ones are let into the log. */
    void announce(long callId, Submission submission) {
        submissions.put(callId, submission);
    }

    void forget(long callId) {
        submissions.remove(callId);
    }

    /** From now on it is no failure when the division closes. */
    void onClosing() {
        closing = true;
        snapshots.onClosing();
    }

    @Override
    public void initialize(RaftServer server, RaftGroupId group, RaftStorage storage) throws IOException {
        super.initialize(server, group, storage);
        snapshots.init(storage);
        load();
    }

    /** Ratis installs a snapshot only into a state machine that says it is paused. */
    @Override
    public void pause() {
        LifeCycle lifeCycle = getLifeCycle();
        if (lifeCycle.getCurrentState() == LifeCycle.State.RUNNING) {
            lifeCycle.transition(LifeCycle.State.PAUSING);
            lifeCycle.transition(LifeCycle.State.PAUSED);
        }
    }

    @Override
    public void reinitialize() throws IOException {
        snapshots.loadLatestSnapshot();
        load();
        LifeCycle lifeCycle = getLifeCycle();
        if (lifeCycle.getCurrentState() == LifeCycle.State.PAUSED) {
            lifeCycle.transition(LifeCycle.State.STARTING);
            lifeCycle.transition(LifeCycle.State.RUNNING);
        }
    }

    private void load() throws IOException {
        SingleFileSnapshotInfo snapshot = snapshots.getLatestSnapshot();
        if (snapshot != null) {
            MetadataState loaded = snapshots.load(snapshot);
            setLastAppliedTermIndex(snapshot.getTermIndex());
            state = loaded;
            listeners.forEach(listener -> listener.onReplaced(loaded.image()));
        }
    }

    @Override
    public StateMachineStorage getStateMachineStorage() {
        return snapshots;
    }

    /** Writes come from this controller itself: the Raft port takes none from others. */
    @Override
    public TransactionContext startTransaction(RaftClientRequest request) {
        Submission submission = submissions.get(request.getCallId());
        TransactionContext context = TransactionContext.newBuilder()
                .setStateMachine(this)
                .setClientRequest(request)
                .setStateMachineContext(submission)
                .build();
        if (submission == null) {
            context.setException(new StateMachineException("commands are taken by the controller's listener only"));
        }
        return context;
    }

    @Override
    public CompletableFuture<Message> applyTransaction(TransactionContext context) {
        LogEntryProto entry = context.getLogEntry();
        ByteString data = entry.getStateMachineLogEntry().getLogData();
        Submission submission = context.getStateMachineContext() instanceof Submission s ? s : null;
        try {
            Proposal proposal = submission != null ? submission.proposal() : CommandCodec.decode(data.toByteArray());
            MetadataState before = state;
            MetadataState.Applied applied = before.apply(entry.getIndex(), proposal);
            state = applied.state();
            updateLastAppliedTermIndex(entry.getTerm(), entry.getIndex());
            snapshots.onApplied(data.size());
            if (submission != null) {
                submission.done(applied.result());
            }
            if (!applied.records().isEmpty()) {
                ClusterImage image = applied.state().image();
                listeners.forEach(listener -> listener.onApplied(before.image(), image, applied.records()));
            }
            return CompletableFuture.completedFuture(Message.EMPTY);
        } catch (RuntimeException | Error e) {
            fatal.onFatal("metadata entry " + entry.getIndex() + " cannot be applied: " + e.getMessage(), e);
            throw e;
        }
    }

    /**
     * Never blocks: a snapshot is written elsewhere, and Ratis is told of it (and may purge its log) once it is on disk.
     */
    @Override
    public long takeSnapshot() {
        long completed = snapshots.takeCompleted();
        TermIndex at = getLastAppliedTermIndex();
        if (snapshots.due() && at != null && at.getIndex() >= 0) {
            snapshots.request(state, at);
        }
        return completed;
    }

    @Override
    public void notifyLeaderReady() {
        leads = true;
        listeners.forEach(QuorumListener::onLeading);
    }

    @Override
    public void notifyLeaderChanged(RaftGroupMemberId member, RaftPeerId newLeader) {
        if (!member.getPeerId().equals(newLeader)) {
            stopLeading();
        }
    }

    @Override
    public void notifyNotLeader(Collection<TransactionContext> pending) {
        stopLeading();
    }

    private void stopLeading() {
        leads = false;
        listeners.forEach(QuorumListener::onNotLeading);
    }

    @Override
    public void notifyLogFailed(Throwable cause, LogEntryProto entry) {
        fatal.onFatal("the metadata log cannot be written: " + cause.getMessage(), cause);
    }

    @Override
    public void notifyServerShutdown(RoleInfoProto role, boolean allServer) {
        if (!closing) {
            fatal.onFatal("the metadata quorum's member closed itself", new IllegalStateException("division closed"));
        }
    }

    @Override
    public void close() {
        snapshots.close();
    }
}
