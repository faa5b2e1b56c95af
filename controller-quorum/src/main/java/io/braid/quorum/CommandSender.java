package io.braid.quorum;

import io.braid.controller.Command;
import io.braid.controller.CommandCodec;
import io.braid.controller.CommandResult;
import io.braid.controller.Limits;
import io.braid.controller.Proposal;
import io.braid.controller.RequestId;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;

/**
 * The commands of one client on their way: each is sent again under its number until it is answered or given up, and no
 * more are unanswered than the controllers remember. Owned by the session's thread.
 */
public final class CommandSender {
    /** A command and what waits for it. */
    public static final class Pending {
        public final Command command;
        public final CompletableFuture<CommandResult> future = new CompletableFuture<>();
        public final long deadlineNs;
        public long sequence;
        public byte[] bytes;

        public Pending(Command command, long deadlineNs) {
            this.command = command;
            this.deadlineNs = deadlineNs;
        }
    }

    private final Uuid client;
    private final TreeMap<Long, Pending> unanswered = new TreeMap<>();
    private final Deque<Pending> waiting = new ArrayDeque<>();
    private long nextSequence;

    public CommandSender(Uuid client) {
        this.client = client;
    }

    public void add(Pending pending) {
        waiting.add(pending);
    }

    /** The next command that may be sent, numbered and encoded; null if there is none. */
    public Pending next() {
        boolean full = !unanswered.isEmpty() && nextSequence - unanswered.firstKey() >= Limits.MAX_UNANSWERED;
        if (waiting.isEmpty() || full) {
            return null;
        }
        Pending pending = waiting.poll();
        pending.sequence = nextSequence++;
        unanswered.put(pending.sequence, pending);
        RequestId id = new RequestId(client, pending.sequence, unanswered.firstKey());
        pending.bytes = CommandCodec.encode(new Proposal(id, pending.command));
        return pending;
    }

    /** The command was answered or given up: its number is never used again. */
    public void finished(Pending pending) {
        unanswered.remove(pending.sequence);
    }

    /** Ends everything. */
    public void closeAll() {
        CommandResult closed = CommandResult.failed(Errors.REQUEST_TIMED_OUT, "the session with the controllers ended");
        waiting.forEach(pending -> pending.future.complete(closed));
        waiting.clear();
        unanswered.values().forEach(pending -> pending.future.complete(closed));
        unanswered.clear();
    }
}
