package io.braid.broker.shard;

import io.braid.controller.Command;
import java.util.List;
import java.util.TreeSet;
import org.apache.kafka.common.protocol.Errors;

/**
 * The in-sync set of a shard as its leader sees it: what is committed, and who else may be in it already.
 *
 * <p>A proposed member counts from the moment it is proposed until the image shows a newer version of the shard, or the
 * proposal was refused and no other one can still be applied. A proposed removal counts when the image shows it. So every set
 * that a new leader may be elected from is covered by what {@link #union} names. Owned by the shard thread.
 */
final class InSyncSet {
    private int version;
    private List<Integer> committed;
    private final TreeSet<Integer> proposed = new TreeSet<>();
    private int[] union;

    private Command.AlterShard inFlight;
    /** A proposal for this version may still be applied, although nobody waits for its answer. */
    private boolean outcomeUnknown;
    /** What was proposed is decided, and the image is still to show it. */
    private boolean awaitingImage;

    InSyncSet(int version, List<Integer> committed) {
        this.version = version;
        this.committed = List.copyOf(committed);
        this.union = toArray();
    }

    /** The set at the newest version of the shard that is known here. */
    List<Integer> committed() {
        return committed;
    }

    int version() {
        return version;
    }

    /** Everybody whose copy an entry needs to be committed. */
    int[] union() {
        return union;
    }

    /** The image shows the shard at a version; one not newer changes nothing. */
    void onImage(int newVersion, List<Integer> newSet) {
        if (newVersion <= version) {
            return;
        }
        version = newVersion;
        committed = List.copyOf(newSet);
        settle();
    }

    /** Whether a change may be proposed now: one at a time, and none while the image lags what was decided. */
    boolean mayPropose() {
        return inFlight == null && !awaitingImage;
    }

    /**
     * Whether to propose although the wanted set is the committed one: only a newer version tells that a proposal with an unknown
     * outcome can no longer be applied.
     */
    boolean mustMoveOn() {
        return outcomeUnknown;
    }

    void onProposed(Command.AlterShard command) {
        inFlight = command;
        command.inSync().forEach(member -> proposed.add(member.brokerId()));
        union = toArray();
    }

    /** The answer to a proposal; an answer to one for an older version is of no interest any more. */
    void onResult(Command.AlterShard command, Errors error) {
        if (command.version() != version || !command.equals(inFlight)) {
            return;
        }
        inFlight = null;
        switch (error) {
            case NONE, INVALID_UPDATE_VERSION, FENCED_LEADER_EPOCH -> awaitingImage = true;
            case INELIGIBLE_REPLICA,
                    INVALID_REQUEST,
                    UNKNOWN_LEADER_EPOCH,
                    UNKNOWN_TOPIC_OR_PARTITION,
                    STALE_BROKER_EPOCH -> {
                if (!outcomeUnknown) {
                    settle();
                }
            }
            default -> outcomeUnknown = true;
        }
    }

    private void settle() {
        inFlight = null;
        outcomeUnknown = false;
        awaitingImage = false;
        proposed.clear();
        union = toArray();
    }

    private int[] toArray() {
        TreeSet<Integer> all = new TreeSet<>(committed);
        all.addAll(proposed);
        return all.stream().mapToInt(Integer::intValue).toArray();
    }
}
