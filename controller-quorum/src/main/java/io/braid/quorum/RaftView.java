package io.braid.quorum;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.ratis.proto.RaftProtos.CommitInfoProto;
import org.apache.ratis.proto.RaftProtos.ServerRpcProto;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;

/** What a controller's member of the Raft group knows of the group. Thread-safe. */
final class RaftView {
    private final RaftServer server;
    private final Voter self;

    RaftView(RaftServer server, Voter self) {
        this.server = server;
        this.self = self;
    }

    /** The voters of the newest configuration, by node id; none while it cannot be told. */
    List<Voter> voters() {
        try {
            List<Voter> voters = new ArrayList<>();
            for (RaftPeer peer : division().getRaftConf().getCurrentPeers()) {
                voters.add(Voter.of(peer));
            }
            voters.sort(Comparator.comparingInt(Voter::nodeId).thenComparingInt(Voter::generation));
            return voters;
        } catch (IOException e) {
            return List.of();
        }
    }

    /** Whether the log never had an entry: nothing was ever agreed on by this member. */
    boolean blank() {
        try {
            RaftServer.Division division = division();
            return division.getRaftLog().getNextIndex() <= 0
                    && division.getStateMachine().getLatestSnapshot() == null;
        } catch (IOException e) {
            return false;
        }
    }

    /** The newest entry that is known to be agreed on; empty if the log does not have it any more. */
    Optional<TermIndex> agreed() {
        try {
            RaftLog log = division().getRaftLog();
            return Optional.ofNullable(log.getTermIndex(log.getLastCommittedIndex()));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Node id, or -1. */
    int leaderId() {
        try {
            return leaderId(division().getInfo());
        } catch (IOException e) {
            return -1;
        }
    }

    QuorumInfo info() {
        try {
            RaftServer.Division division = division();
            DivisionInfo info = division.getInfo();
            Map<String, Progress> progress = progress(division);
            List<QuorumInfo.VoterInfo> voters = new ArrayList<>();
            for (Voter voter : voters()) {
                Progress of = progress.getOrDefault(voter.peerId(), Progress.UNKNOWN);
                voters.add(new QuorumInfo.VoterInfo(
                        voter.nodeId(),
                        voter.generation(),
                        voter.host(),
                        voter.port(),
                        of.logEndIndex(),
                        of.silentMs()));
            }
            return new QuorumInfo(
                    leaderId(info),
                    (int) info.getCurrentTerm(),
                    division.getRaftLog().getLastCommittedIndex(),
                    voters,
                    List.of());
        } catch (IOException e) {
            return QuorumInfo.UNKNOWN;
        }
    }

    private record Progress(long logEndIndex, long silentMs) {
        static final Progress UNKNOWN = new Progress(-1, -1);
    }

    /** The leader knows what each follower has; a follower knows its own log, and what others committed. */
    private Map<String, Progress> progress(RaftServer.Division division) {
        Map<String, Progress> progress = new HashMap<>();
        for (CommitInfoProto commit : division.getCommitInfos()) {
            progress.put(commit.getServer().getId().toStringUtf8(), new Progress(commit.getCommitIndex() + 1, -1));
        }
        DivisionInfo info = division.getInfo();
        if (info.isLeader()) {
            List<ServerRpcProto> followers =
                    info.getRoleInfoProto().getLeaderInfo().getFollowerInfoList();
            long[] matched = info.getFollowerMatchIndices();
            // Both go over the same list; they differ in length only while it is being changed.
            for (int i = 0; i < followers.size() && followers.size() == matched.length; i++) {
                ServerRpcProto follower = followers.get(i);
                progress.put(
                        follower.getId().getId().toStringUtf8(),
                        new Progress(matched[i] + 1, follower.getLastRpcElapsedTimeMs()));
            }
        }
        progress.put(self.peerId(), new Progress(division.getRaftLog().getNextIndex(), 0));
        return progress;
    }

    private static int leaderId(DivisionInfo info) {
        if (info.getLeaderId() == null) {
            return -1;
        }
        String id = info.getLeaderId().toString();
        int dash = id.indexOf('-');
        return Integer.parseInt(dash < 0 ? id : id.substring(0, dash));
    }

    private RaftServer.Division division() throws IOException {
        return server.getDivision(RaftSetup.GROUP);
    }
}
