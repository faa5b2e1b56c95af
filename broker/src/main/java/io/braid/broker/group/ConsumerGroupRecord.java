package io.braid.broker.group;

import io.braid.controller.ByteWriter;

/**
 * A record of a group of KIP-848; its kinds are in {@code group.consumer}. Records of one type and key supersede each other.
 */
public non-sealed interface ConsumerGroupRecord extends GroupRecord {
    /** The record types from here to 127 are those of {@link ConsumerProtocol}. */
    byte FIRST_TYPE = 16;

    byte type();

    /** Whether it removes what the key names; then it has no value. */
    boolean removes();

    /** What follows version, type and group id in the key, such as a member id. */
    void writeKey(ByteWriter out);

    /** What follows the version in the value. Not called when it {@link #removes}. */
    void writeValue(ByteWriter out);
}
