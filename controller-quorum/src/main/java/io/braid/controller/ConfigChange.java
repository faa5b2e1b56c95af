package io.braid.controller;

import java.util.List;
import java.util.Objects;

/**
 * Changes to the configs of one resource. The broker checks keys and values beforehand.
 *
 * @param resourceType as in Kafka's {@code ConfigResource.Type}
 * @param resourceName the topic, the broker id in digits, "" for the default of all brokers, the group ...
 * @param replaceAll whether what is set and not named here is unset (AlterConfigs), or stays (IncrementalAlterConfigs)
 * @param operations at most one a key
 */
public record ConfigChange(byte resourceType, String resourceName, boolean replaceAll, List<Operation> operations) {
    public ConfigChange {
        Objects.requireNonNull(resourceName);
        operations = List.copyOf(operations);
    }

    /** Kafka's {@code AlterConfigOp.OpType}, with its ids. */
    public enum Kind {
        SET((byte) 0),
        DELETE((byte) 1),
        APPEND((byte) 2),
        SUBTRACT((byte) 3);

        private final byte id;

        Kind(byte id) {
            this.id = id;
        }

        public byte id() {
            return id;
        }

        /**
         * The kind with an id.
         *
         * @throws IllegalArgumentException if there is none
         */
        public static Kind of(byte id) {
            if (id < 0 || id >= values().length) {
                throw new IllegalArgumentException("config operation " + id);
            }
            return values()[id];
        }
    }

    /**
     * What is to be done with one key.
     *
     * @param value "" for DELETE
     * @param inherited for APPEND and SUBTRACT: the list they start from when the key is not set on the resource
     */
    public record Operation(Kind kind, String key, String value, String inherited) {
        public static Operation set(String key, String value) {
            return new Operation(Kind.SET, key, value, "");
        }

        public static Operation delete(String key) {
            return new Operation(Kind.DELETE, key, "", "");
        }
    }
}
