package io.braid.broker.handler;

import io.braid.controller.CommandResult;
import java.util.Collections;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiError;

/** Reads what became of the items of a command. */
final class CommandItems {

    private CommandItems() {}

    /** One result for each of the {@code count} items, also where the command failed as a whole. */
    static List<CommandResult.Item> of(CommandResult result, int count) {
        if (result.ok()) {
            return result.items();
        }
        return Collections.nCopies(
                count, new CommandResult.Item(result.error(), result.message(), "", Uuid.ZERO_UUID, -1, -1));
    }

    /** The item's error, with Kafka's own words where it has none. */
    static ApiError errorOf(CommandResult.Item item) {
        if (item.ok()) {
            return ApiError.NONE;
        }
        return new ApiError(item.error(), messageOf(item.error(), item.message()));
    }

    static String messageOf(Errors error, String message) {
        return message.isEmpty() ? error.message() : message;
    }
}
