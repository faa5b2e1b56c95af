package io.braid.quorum;

import io.braid.image.ControllerImage;
import io.braid.quorum.message.VendorResponse.Leader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The controllers that a broker knows: those of its configuration until the metadata names others. {@link #all} may be
 * read from any thread; the rest is owned by the session's thread.
 */
final class KnownControllers implements AutoCloseable {
    private final Optional<ControllerConnector> connector;
    private volatile List<ControllerChannel> channels;
    private ControllerChannel leader;
    private List<ControllerImage> named = List.of();

    /** @param connector empty for a broker that stays with the controllers it is given */
    KnownControllers(List<ControllerChannel> configured, Optional<ControllerConnector> connector) {
        if (configured.isEmpty()) {
            throw new IllegalArgumentException("no controllers");
        }
        this.connector = connector;
        this.channels = List.copyOf(configured);
        this.leader = configured.get(0);
    }

    List<ControllerChannel> all() {
        return channels;
    }

    /** The one that leads as far as is known. */
    ControllerChannel leader() {
        return leader;
    }

    /** The one after another in the list, round and round. */
    ControllerChannel after(ControllerChannel one) {
        return channels.get((channels.indexOf(one) + 1) % channels.size());
    }

    boolean knows(ControllerChannel one) {
        return channels.contains(one);
    }

    /** Turns to the controller that is said to lead, or to the next one. */
    void leaderLost(ControllerChannel was, Leader hint) {
        if (was == leader) {
            leader = find(hint.nodeId(), hint.host(), hint.port()).orElseGet(() -> after(was));
        }
    }

    /** The metadata names the controllers there are to be: connects to new ones, closes those that are gone. */
    void onNamed(List<ControllerImage> now) {
        if (now.isEmpty() || now.equals(named) || connector.isEmpty()) {
            return;
        }
        named = now;
        List<ControllerChannel> next = new ArrayList<>();
        for (ControllerImage controller : now) {
            next.add(channels.stream()
                    .filter(channel -> channel.leadsTo(controller))
                    .findFirst()
                    .orElseGet(() -> connector.get().connect(controller)));
        }
        List<ControllerChannel> before = channels;
        channels = List.copyOf(next);
        if (!channels.contains(leader)) {
            leader = channels.get(0);
        }
        before.stream().filter(channel -> !next.contains(channel)).forEach(ControllerChannel::close);
    }

    private Optional<ControllerChannel> find(int nodeId, String host, int port) {
        String target = host + ":" + port;
        return channels.stream()
                .filter(channel -> (nodeId >= 0 && channel.nodeId() == nodeId)
                        || channel.target().equals(target))
                .findFirst();
    }

    @Override
    public void close() {
        channels.forEach(ControllerChannel::close);
    }
}
