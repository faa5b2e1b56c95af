package io.braid.controller;

import java.util.List;
import java.util.Objects;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;

/**
 * What became of a command.
 *
 * @param error of the command as a whole; NONE also where single items failed
 * @param message "" when there is nothing to say
 * @param version the metadata version at which it shows in an image
 * @param value what the command says it is: a broker epoch, a first producer id; else 0
 * @param items one for each item of the command, in order; empty if the whole command failed or has no items
 */
public record CommandResult(Errors error, String message, long version, long value, List<Item> items) {
    public CommandResult {
        Objects.requireNonNull(error);
        Objects.requireNonNull(message);
        items = List.copyOf(items);
    }

    public static CommandResult failed(Errors error, String message) {
        return new CommandResult(error, message, 0, 0, List.of());
    }

    static CommandResult done(long value) {
        return new CommandResult(Errors.NONE, "", 0, value, List.of());
    }

    static CommandResult of(List<Item> items) {
        return new CommandResult(Errors.NONE, "", 0, 0, items);
    }

    CommandResult at(long newVersion) {
        return new CommandResult(error, message, newVersion, value, items);
    }

    public boolean ok() {
        return error == Errors.NONE;
    }

    /**
     * What became of one item.
     *
     * @param name topic or resource
     * @param id topic id, or zero
     * @param partitionCount of the topic, or -1
     * @param replicationFactor of the topic, or -1
     */
    public record Item(Errors error, String message, String name, Uuid id, int partitionCount, int replicationFactor) {
        public Item {
            Objects.requireNonNull(error);
            Objects.requireNonNull(message);
            Objects.requireNonNull(name);
            Objects.requireNonNull(id);
        }

        static Item failed(String name, Uuid id, Errors error, String message) {
            return new Item(error, message, name, id, -1, -1);
        }

        static Item done(String name, Uuid id) {
            return new Item(Errors.NONE, "", name, id, -1, -1);
        }

        public boolean ok() {
            return error == Errors.NONE;
        }
    }
}
