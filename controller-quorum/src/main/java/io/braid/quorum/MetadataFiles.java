package io.braid.quorum;

import io.braid.log.CheckedProperties;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftPeerProto;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.statemachine.SnapshotInfo;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;

/**
 * What Ratis does not check of its files, and says about them in a way that helps nobody. A damaged file is refused with one line that
 * names it: this member may have lost what it had agreed to. Stateless; blocks.
 */
final class MetadataFiles {
    /** How far the log was known to be agreed on when the controller last stopped: version, term, index, crc. */
    static final String END_FILE = "log-end";

    private static final String VERSION = "1";

    private MetadataFiles() {}

    private static Path current(QuorumConfig config) {
        return config.directory().resolve(RaftSetup.GROUP.getUuid().toString()).resolve("current");
    }

    /**
     * Before Ratis reads them: the file with term and vote must be there, and that with the voters must make sense. Without the latter
     * the voters of the settings, or of the log, count.
     *
     * @throws IOException with one line that names the file
     */
    static void check(QuorumConfig config) throws IOException {
        Path current = current(config);
        if (!RaftSetup.formatted(config.directory())) {
            Files.deleteIfExists(config.directory().resolve(END_FILE)); // of a log that was removed
            return;
        }
        Path vote = current.resolve("raft-meta");
        if (!Files.exists(vote)) {
            throw new IOException(vote + " is missing: restore it");
        }
        Path voters = current.resolve("raft-meta.conf");
        if (Files.exists(voters) && !isWhole(voters, config)) {
            throw new IOException(
                    voters + " is damaged: restore it, or remove it if the controllers are those of the settings");
        }
    }

    private static boolean isWhole(Path voters, QuorumConfig config) throws IOException {
        LogEntryProto entry;
        try (InputStream in = Files.newInputStream(voters)) {
            entry = LogEntryProto.parseFrom(in);
        } catch (NoSuchFileException e) {
            return true;
        } catch (IOException e) {
            return false; // not in the format
        }
        boolean alone = config.voters().size() == 1;
        ByteString self = config.self().toPeer().getId().toByteString();
        return entry.hasConfigurationEntry()
                && entry.getConfigurationEntry().getPeersCount() > 0
                && entry.getConfigurationEntry().getPeersList().stream()
                        .noneMatch(peer -> peer.getId().isEmpty())
                && (!alone
                        || entry.getConfigurationEntry().getPeersList().stream()
                                .map(RaftPeerProto::getId)
                                .anyMatch(self::equals));
    }

    /**
     * After Ratis has read them: entries that were agreed on, and those between the snapshot and the log, must be there.
     *
     * @throws IOException with one line that names the file, or files
     */
    static void checkEnd(QuorumConfig config, RaftServer.Division division) throws IOException {
        RaftLog log = division.getRaftLog();
        SnapshotInfo snapshot = division.getStateMachine().getLatestSnapshot();
        long snapshotIndex = snapshot == null ? -1 : snapshot.getIndex();
        TermIndex last = log.getLastEntryTermIndex();
        if (last != null && last.getIndex() < snapshotIndex) {
            throw new IOException("the metadata log " + logFiles(config) + " ends with entry " + last.getIndex()
                    + ", before its snapshot of entry " + snapshotIndex + ": entries are missing; restore it");
        }
        Optional<TermIndex> end = readEnd(config);
        if (end.isPresent()
                && end.get().getIndex() > snapshotIndex
                && !end.get().equals(log.getTermIndex(end.get().getIndex()))) {
            throw new IOException("the metadata log " + logFiles(config) + " has lost entries: entry "
                    + end.get().getIndex() + " of term " + end.get().getTerm() + " was there when the node stopped;"
                    + " restore it, or remove " + config.directory().resolve(END_FILE)
                    + " to go on without what was changed since");
        }
    }

    /** Notes how far the log is agreed on, at a clean stop. */
    static void writeEnd(QuorumConfig config, TermIndex end) throws IOException {
        CheckedProperties.write(
                config.directory().resolve(END_FILE),
                Map.of(
                        "version",
                        VERSION,
                        "term",
                        Long.toString(end.getTerm()),
                        "index",
                        Long.toString(end.getIndex())));
    }

    /** Empty when there is none that can be used: it only helps to find damage. */
    private static Optional<TermIndex> readEnd(QuorumConfig config) throws IOException {
        Path file = config.directory().resolve(END_FILE);
        Optional<Properties> read = Files.exists(file) ? CheckedProperties.read(file) : Optional.empty();
        if (read.isEmpty() || !VERSION.equals(read.get().getProperty("version"))) {
            return Optional.empty();
        }
        try {
            return Optional.of(TermIndex.valueOf(
                    Long.parseLong(read.get().getProperty("term")),
                    Long.parseLong(read.get().getProperty("index"))));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** What Ratis failed with, as one line that names the file, as far as that can be told. */
    static IOException explain(QuorumConfig config, Throwable failure) {
        Deque<String> messages = new ArrayDeque<>();
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
            messages.push(message.lines().findFirst().orElse("").trim());
        }
        String directory = config.directory().toString();
        String named = messages.stream()
                .filter(message -> message.contains(directory))
                .findFirst()
                .orElseGet(() -> logFiles(config) + ": " + messages.peek());
        return new IOException("the metadata log cannot be opened: " + named, failure);
    }

    /** The files of the log, or their directory when there are many. */
    private static String logFiles(QuorumConfig config) {
        Path current = current(config);
        try (Stream<Path> files = Files.list(current)) {
            String names = files.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith("log_"))
                    .sorted()
                    .limit(4)
                    .collect(Collectors.joining(", "));
            return current.resolve(names).toString();
        } catch (IOException e) {
            return current.toString();
        }
    }
}
