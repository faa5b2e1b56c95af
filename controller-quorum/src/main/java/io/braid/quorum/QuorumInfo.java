package io.braid.quorum;

import java.util.List;

/**
 * The quorum as one controller sees it: what DescribeQuorum answers.
 *
 * @param leaderId node id, or -1 when unknown
 * @param leaderEpoch the Raft term
 * @param commitIndex of the last committed entry it knows of
 * @param voters all of them; how far each has the log is known to the leader only
 */
public record QuorumInfo(int leaderId, int leaderEpoch, long commitIndex, List<VoterInfo> voters) {
    /**
     * One voter.
     *
     * @param logEndIndex the index after the last entry the voter is known to have, or -1 when unknown */
    public record VoterInfo(int nodeId, String host, int port, long logEndIndex) {}
}
