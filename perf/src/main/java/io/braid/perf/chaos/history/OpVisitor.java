package io.braid.perf.chaos.history;

/** One method a kind of operation. */
public interface OpVisitor {

    void onSend(Op.Send send);

    void onPoll(Op.Poll poll);

    void onAssign(Op.Assign assign);

    void onCommit(Op.Commit commit);

    void onEnd(Op.End end);

    void onNote(Op.Note note);
}
