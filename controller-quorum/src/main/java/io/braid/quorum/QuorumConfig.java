package io.braid.quorum;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What one controller needs to know.
 *
 * @param self this node; with a single voter that is not networked port 0 picks a free one
 * @param voters the first voters, itself included; empty for one that waits until the others take it in. Once there is a
 *     Raft log it says who the voters are, and this is not looked at
 * @param bindHost where the Raft server listens
 * @param directory for the Raft log and snapshots; made if missing
 * @param electionTimeoutMin and {@code electionTimeoutMax}: how long a follower waits for a leader, once it has had one
 * @param snapshotEntries how many entries are applied between snapshots
 * @param networked whether to open the Raft port; without it this is the only voter for ever
 * @param tls for the Raft port; plaintext when empty
 */
public record QuorumConfig(
        Voter self,
        List<Voter> voters,
        String bindHost,
        Path directory,
        Duration electionTimeoutMin,
        Duration electionTimeoutMax,
        int snapshotEntries,
        boolean networked,
        Optional<TlsFiles> tls) {
    public QuorumConfig {
        voters = List.copyOf(voters);
        Objects.requireNonNull(directory);
        Objects.requireNonNull(tls);
        if (!voters.isEmpty() && !voters.contains(self)) {
            throw new IllegalArgumentException("node " + self.nodeId() + " is not among the voters");
        }
        if (!networked && voters.size() != 1) {
            throw new IllegalArgumentException("several voters need the network");
        }
    }

    /** Networked if there are several voters; plaintext. */
    public QuorumConfig(
            Voter self,
            List<Voter> voters,
            String bindHost,
            Path directory,
            Duration electionTimeoutMin,
            Duration electionTimeoutMax,
            int snapshotEntries) {
        this(
                self,
                voters,
                bindHost,
                directory,
                electionTimeoutMin,
                electionTimeoutMax,
                snapshotEntries,
                voters.size() != 1,
                Optional.empty());
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

    /** The same with the Raft port open, and TLS on it if given. */
    public QuorumConfig networked(Optional<TlsFiles> withTls) {
        return new QuorumConfig(
                self,
                voters,
                bindHost,
                directory,
                electionTimeoutMin,
                electionTimeoutMax,
                snapshotEntries,
                true,
                withTls);
    }
}
