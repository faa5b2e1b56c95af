package io.braid.quorum;

import java.util.List;

/**
 * The quorum as one controller sees it: what DescribeQuorum answers.
 *
 * @param leaderId node id, or -1 when unknown
 * @param leaderEpoch the Raft term
 * @param commitIndex of the last committed entry it knows of
 * @param voters all of them; how far each has the log is known to the leader only
 * @param observers the brokers that were heard of
 */
public record QuorumInfo(
        int leaderId, int leaderEpoch, long commitIndex, List<VoterInfo> voters, List<ObserverInfo> observers) {
    public static final QuorumInfo UNKNOWN = new QuorumInfo(-1, 0, -1, List.of(), List.of());

    public QuorumInfo {
        voters = List.copyOf(voters);
        observers = List.copyOf(observers);
    }

    /**
     * One voter.
     *
     * @param logEndIndex the index after the last entry the voter is known to have, or -1 when unknown
     * @param silentMs since it was last heard of, or -1 when unknown
     */
    public record VoterInfo(int nodeId, int generation, String host, int port, long logEndIndex, long silentMs) {}

    /**
     * A broker: it follows the metadata and does not vote.
     *
     * @param logEndIndex the index after the newest metadata it said it has
     * @param silentMs since its last heartbeat
     */
    public record ObserverInfo(int nodeId, long logEndIndex, long silentMs) {}

    QuorumInfo with(List<ObserverInfo> brokers) {
        return new QuorumInfo(leaderId, leaderEpoch, commitIndex, voters, brokers);
    }
}
