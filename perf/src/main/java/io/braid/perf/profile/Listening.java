package io.braid.perf.profile;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/** Finds the process that listens at a port of this machine, by Linux' /proc: of the same user, or by root. Stateless. */
final class Listening {
    private static final String LISTEN = "0A";
    private static final int LOCAL_ADDRESS = 1;
    private static final int STATE = 3;
    private static final int INODE = 9;

    private Listening() {}

    /** The process, if there is one that may be looked at. */
    static OptionalLong pid(int port) throws IOException {
        Set<String> sockets = new HashSet<>();
        for (String table : List.of("tcp", "tcp6")) {
            Path file = Path.of("/proc/net", table);
            if (Files.isReadable(file)) {
                sockets.addAll(inodes(Files.readAllLines(file), port));
            }
        }
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                if (holds(process.resolve("fd"), sockets)) {
                    return OptionalLong.of(Long.parseLong(process.getFileName().toString()));
                }
            }
        }
        return OptionalLong.empty();
    }

    /** {@code socket:[inode]} of the listening sockets at a port. */
    static Set<String> inodes(List<String> table, int port) {
        Set<String> found = new HashSet<>();
        for (String line : table.subList(Math.min(1, table.size()), table.size())) {
            String[] fields = line.trim().split("\\s+", -1);
            String local = fields[LOCAL_ADDRESS];
            if (fields[STATE].equals(LISTEN) && Integer.parseInt(local.substring(local.indexOf(':') + 1), 16) == port) {
                found.add("socket:[" + fields[INODE] + "]");
            }
        }
        return found;
    }

    private static boolean holds(Path descriptors, Set<String> sockets) {
        if (sockets.isEmpty()) {
            return false;
        }
        try (DirectoryStream<Path> open = Files.newDirectoryStream(descriptors)) {
            for (Path descriptor : open) {
                if (sockets.contains(Files.readSymbolicLink(descriptor).toString())) {
                    return true;
                }
            }
        } catch (IOException e) {
            return false; // another user's, or gone
        }
        return false;
    }
}
