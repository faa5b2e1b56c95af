package io.braid.perf.chaos.cluster;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Which process has a connection, from Linux' /proc: the line of the connection in net/tcp names an inode, and the process
 * with a descriptor of that inode has it. Needs no privileges for processes of one's own.
 */
final class SocketOwners {
    private static final List<Path> TABLES = List.of(Path.of("/proc/net/tcp6"), Path.of("/proc/net/tcp"));
    private static final int LOCAL = 1;
    private static final int REMOTE = 2;
    private static final int INODE = 9;

    private SocketOwners() {}

    /** Whether this machine can tell. */
    static boolean available() {
        return TABLES.stream().anyMatch(Files::isReadable);
    }

    /**
     * Finds whose a connection is.
     *
     * @param localPort and {@code remotePort}: those of the connection as its owner sees them
     * @param pids by node
     * @return the node, or {@link Links#UNKNOWN}
     */
    static int find(int localPort, int remotePort, Map<Integer, Long> pids) {
        String inode = inode(localPort, remotePort);
        if (inode.isEmpty()) {
            return Links.UNKNOWN;
        }
        for (Map.Entry<Integer, Long> node : pids.entrySet()) {
            if (holds(node.getValue(), "socket:[" + inode + "]")) {
                return node.getKey();
            }
        }
        return Links.UNKNOWN;
    }

    private static String inode(int localPort, int remotePort) {
        String local = String.format(":%04X", localPort);
        String remote = String.format(":%04X", remotePort);
        for (Path table : TABLES) {
            try {
                for (String line : Files.readAllLines(table)) {
                    String[] columns = line.strip().split("\\s+", -1);
                    if (columns.length > INODE
                            && columns[LOCAL].endsWith(local)
                            && columns[REMOTE].endsWith(remote)
                            && !columns[INODE].equals("0")) {
                        return columns[INODE];
                    }
                }
            } catch (IOException e) {
                // no such table here
            }
        }
        return "";
    }

    private static boolean holds(long pid, String socket) {
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(Path.of("/proc", Long.toString(pid), "fd"))) {
            for (Path descriptor : descriptors) {
                if (pointsTo(descriptor, socket)) {
                    return true;
                }
            }
        } catch (IOException e) {
            // it ended
        }
        return false;
    }

    private static boolean pointsTo(Path descriptor, String socket) {
        try {
            return Files.readSymbolicLink(descriptor).toString().equals(socket);
        } catch (IOException e) {
            return false; // closed meanwhile
        }
    }
}
