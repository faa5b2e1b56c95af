package io.braid.broker.config;

import java.util.Objects;

/**
 * One controller of the metadata quorum. Immutable.
 *
 * @param id its node id
 * @param controllerPort where brokers reach it
 * @param raftPort where the other controllers reach it
 */
public record QuorumVoter(int id, String host, int controllerPort, int raftPort) {

    public QuorumVoter {
        Objects.requireNonNull(host);
        if (id < 0) {
            throw new IllegalArgumentException("negative node id");
        }
    }

    /**
     * Reads {@code id@host:port} or {@code id@host:port:raft-port}; the Raft port is by default the one after the
     * controller's.
     *
     * @throws IllegalArgumentException when it is neither
     */
    public static QuorumVoter parse(String text) {
        int at = text.indexOf('@');
        if (at <= 0) {
            throw new IllegalArgumentException("no id@ in " + text);
        }
        int id = Integer.parseInt(text.substring(0, at));
        String rest = text.substring(at + 1);
        int last = rest.lastIndexOf(':');
        boolean withRaftPort = last > 0 && rest.substring(0, last).matches(".*[^:\\]]:\\d{1,5}|\\[[^\\]]*\\]:\\d{1,5}");
        HostPort controller = HostPort.parse(withRaftPort ? rest.substring(0, last) : rest);
        int raftPort = withRaftPort ? HostPort.parse("x" + rest.substring(last)).port() : controller.port() + 1;
        if (controller.isWildcard() || controller.port() == 0 || raftPort == 0 || raftPort > 65535) {
            throw new IllegalArgumentException("not an address to connect to: " + rest);
        }
        return new QuorumVoter(id, controller.host(), controller.port(), raftPort);
    }
}
