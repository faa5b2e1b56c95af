package io.braid.broker.group;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.JoinGroupResponseData.JoinGroupResponseMember;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.Errors;

/**
 * Takes a group of the classic protocol from one generation to the next: everyone joins, or is left behind after the
 * rebalance timeout; the leader's assignment is awaited; who has not fetched his by then is removed.
 *
 * <p>The first rebalance of an empty group waits {@code group.initial.rebalance.delay.ms} for others, and as long again
 * whenever somebody came meanwhile, up to the rebalance timeout. Owned by the group.
 */
final class ClassicRebalance {
    private final ClassicGroup group;
    private final int initialDelayMs;

    private long joinEndMs = Group.NEVER;
    private long syncEndMs = Group.NEVER;
    private final Set<String> notSynced = new HashSet<>();

    private boolean initial;
    private boolean joinedMeanwhile;
    private long initialLeftMs;

    ClassicRebalance(ClassicGroup group, int initialDelayMs) {
        this.group = group;
        this.initialDelayMs = initialDelayMs;
    }

    long nextDeadlineMs() {
        return Math.min(joinEndMs, syncEndMs);
    }

    // ---- joining

    /** Begins a rebalance, unless one is being prepared; ends it at once if nobody has to be waited for. */
    void prepare(Turn turn) {
        if (group.state() == ClassicState.PREPARING) {
            completeIfAllJoined(turn);
            return;
        }
        initial = group.state() == ClassicState.EMPTY;
        for (ClassicMember member : group.members()) {
            if (member.isSyncing()) {
                answerSync(turn, member, Errors.REBALANCE_IN_PROGRESS);
                group.heard(member, turn.nowMs());
            }
        }
        notSynced.clear();
        syncEndMs = Group.NEVER;
        group.state(ClassicState.PREPARING);
        if (initial) {
            joinedMeanwhile = false;
            initialLeftMs = Math.max(0, rebalanceTimeoutMs() - initialDelayMs);
            joinEndMs = turn.nowMs() + initialDelayMs;
            onJoinEnd(turn);
        } else {
            joinEndMs = turn.nowMs() + rebalanceTimeoutMs();
            completeIfAllJoined(turn);
        }
    }

    /** A member was added. */
    void onAdded() {
        joinedMeanwhile |= initial && group.state() == ClassicState.PREPARING;
    }

    void completeIfAllJoined(Turn turn) {
        if (group.state() == ClassicState.PREPARING
                && !initial
                && group.pending().isEmpty()
                && group.members().stream().allMatch(ClassicMember::isJoining)) {
            complete(turn);
        }
    }

    /** Does what is due. */
    void onDeadline(Turn turn) {
        onJoinEnd(turn);
        if (syncEndMs <= turn.nowMs()) {
            onSyncEnd(turn);
        }
    }

    private void onJoinEnd(Turn turn) {
        if (joinEndMs > turn.nowMs()) {
            return;
        }
        if (initial && joinedMeanwhile && initialLeftMs > 0) {
            joinedMeanwhile = false;
            long delayMs = Math.min(initialDelayMs, initialLeftMs);
            initialLeftMs -= delayMs;
            joinEndMs = turn.nowMs() + delayMs;
        } else {
            complete(turn);
        }
    }

    private void complete(Turn turn) {
        initial = false;
        for (ClassicMember member : List.copyOf(group.members())) {
            if (!member.isJoining() && !member.isStatic()) {
                group.take(member);
            }
        }
        if (!group.members().isEmpty() && !electLeader()) {
            joinEndMs = turn.nowMs() + rebalanceTimeoutMs(); // only static members, none of them here
            return;
        }
        joinEndMs = Group.NEVER;
        turn.rebalanced();
        if (group.members().isEmpty()) {
            group.beginGeneration("");
            group.leader("");
            turn.write(group.record(turn.nowMs()));
            return;
        }
        group.beginGeneration(selectProtocol());
        group.state(ClassicState.COMPLETING);
        syncEndMs = turn.nowMs() + rebalanceTimeoutMs();
        for (ClassicMember member : group.members()) {
            member.assignment(ClassicMember.NOTHING);
            member.isNew(false);
            notSynced.add(member.memberId());
            if (member.isJoining()) {
                turn.answer(member.takeJoining(), joined(member));
            }
            group.heard(member, turn.nowMs());
        }
    }

    /** Whether somebody leads who is here. */
    private boolean electLeader() {
        if (group.member(group.leader()).filter(ClassicMember::isJoining).isPresent()) {
            return true;
        }
        for (ClassicMember member : group.members()) {
            if (member.isJoining()) {
                group.leader(member.memberId());
                return true;
            }
        }
        return false;
    }

    /** Each member votes for the first of its protocols that all support; of equals the one that the first member prefers. */
    String selectProtocol() {
        Map<String, Integer> votes = new LinkedHashMap<>();
        for (ClassicMember member : group.members()) {
            for (ClassicMember.Protocol protocol : member.protocols()) {
                if (allSupport(protocol.name())) {
                    votes.merge(protocol.name(), 1, Integer::sum);
                    break;
                }
            }
        }
        String chosen = "";
        for (Map.Entry<String, Integer> vote : votes.entrySet()) {
            if (chosen.isEmpty() || vote.getValue() > votes.get(chosen)) {
                chosen = vote.getKey();
            }
        }
        return chosen;
    }

    private boolean allSupport(String protocol) {
        return group.members().stream()
                .allMatch(member -> member.metadata(protocol).isPresent());
    }

    /** What a member hears of the present generation; the leader hears of everyone. */
    JoinGroupResponseData joined(ClassicMember member) {
        boolean leads = group.leader().equals(member.memberId());
        return new JoinGroupResponseData()
                .setMembers(leads ? rows() : List.of())
                .setMemberId(member.memberId())
                .setGenerationId(group.generation())
                .setProtocolName(group.protocol())
                .setProtocolType(group.protocolType())
                .setLeader(group.leader());
    }

    List<JoinGroupResponseMember> rows() {
        List<JoinGroupResponseMember> rows = new ArrayList<>();
        for (ClassicMember member : group.members()) {
            rows.add(new JoinGroupResponseMember()
                    .setMemberId(member.memberId())
                    .setGroupInstanceId(member.isStatic() ? member.instanceId() : null)
                    .setMetadata(member.metadata(group.protocol()).orElse(ClassicMember.NOTHING)));
        }
        return rows;
    }

    // ---- syncing

    /** The member asks for its assignment, or has it. */
    void onSynced(ClassicMember member) {
        notSynced.remove(member.memberId());
        if (notSynced.isEmpty()) {
            syncEndMs = Group.NEVER;
        }
    }

    private void onSyncEnd(Turn turn) {
        syncEndMs = Group.NEVER;
        List<ClassicMember> late = group.members().stream()
                .filter(member -> notSynced.contains(member.memberId()))
                .toList();
        notSynced.clear();
        if (!late.isEmpty()) {
            late.forEach(group::take);
            prepare(turn);
        }
    }

    // ---- leaving

    /** Removes a member, and rebalances without it. */
    void remove(Turn turn, ClassicMember member) {
        answerWaiting(turn, member, Errors.UNKNOWN_MEMBER_ID);
        group.take(member);
        onSynced(member);
        prepare(turn);
    }

    /** Another process took over a static member: the old one may not do anything any more (KIP-345). */
    void replaced(ClassicMember before, ClassicMember after) {
        if (notSynced.remove(before.memberId())) {
            notSynced.add(after.memberId());
        }
    }

    /** Answers a member that waits, if it does. */
    void answerWaiting(Turn turn, ClassicMember member, Errors error) {
        if (member.isJoining()) {
            turn.answer(member.takeJoining(), ClassicAnswers.joinFailed(member.memberId(), error));
        }
        answerSync(turn, member, error);
    }

    private static void answerSync(Turn turn, ClassicMember member, Errors error) {
        if (member.isSyncing()) {
            turn.answer(member.takeSyncing(), new SyncGroupResponseData().setErrorCode(error.code()));
        }
    }

    private int rebalanceTimeoutMs() {
        return group.members().stream()
                .mapToInt(ClassicMember::rebalanceTimeoutMs)
                .max()
                .orElse(0);
    }
}
