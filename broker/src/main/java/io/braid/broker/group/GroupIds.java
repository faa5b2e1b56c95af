package io.braid.broker.group;

import org.apache.kafka.common.Uuid;

/** The only random source of a core. */
@FunctionalInterface
public interface GroupIds {
    /** A new id, different from all others. */
    Uuid next();
}
