package io.braid.broker.config;

/** What a node does; {@code process.roles} lists one or both. */
public enum Role {
    BROKER,
    CONTROLLER
}
