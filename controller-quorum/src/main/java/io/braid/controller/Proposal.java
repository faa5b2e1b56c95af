package io.braid.controller;

import java.util.Objects;

/** A command under its request id: what a Raft entry holds. */
public record Proposal(RequestId id, Command command) {
    public Proposal {
        Objects.requireNonNull(id);
        Objects.requireNonNull(command);
    }
}
