package io.braid.quorum;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * What one controller needs to know.
 *
 * @param self this node among the voters; with a single voter port 0 picks a free one
 * @param voters all of them, itself included
 * @param bindHost where the Raft server listens
 * @param directory for the Raft log and snapshots; made if missing
 * @param electionTimeoutMin and {@code electionTimeoutMax}: how long a follower waits for a leader, once it has had one
 * @param snapshotEntries how many entries are applied between snapshots
 */
public record QuorumConfig(
        Voter self,
        List<Voter> voters,
        String bindHost,
        Path directory,
        Duration electionTimeoutMin,
        Duration electionTimeoutMax,
        int snapshotEntries) {
    public QuorumConfig {
        voters = List.copyOf(voters);
        Objects.requireNonNull(directory);
        if (!voters.contains(self)) {
            throw new IllegalArgumentException("node " + self.nodeId() + " is not among the voters");
        }
    }

    /** A quorum of one, with the defaults. */
    public static QuorumConfig single(int nodeId, String host, int port, Path directory) {
        Voter self = new Voter(nodeId, 0, host, port);
        return of(self, List.of(self), directory);
    }

    /** The defaults. */
    public static QuorumConfig of(Voter self, List<Voter> voters, Path directory) {
        return new QuorumConfig(
                self, voters, self.host(), directory, Duration.ofMillis(1500), Duration.ofMillis(3000), 50_000);
    }
}
