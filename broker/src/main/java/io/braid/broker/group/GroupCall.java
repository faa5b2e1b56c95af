package io.braid.broker.group;

import java.util.Objects;
import org.apache.kafka.common.protocol.Errors;

/**
 * A client's request to one group. Immutable; used once.
 *
 * @param <Q> what it asks
 * @param <R> the answer
 */
abstract class GroupCall<Q, R> implements GroupRequest {
    private final String groupId;
    private final Q request;
    private final Reply<R> reply;

    GroupCall(String groupId, Q request, Reply<R> reply) {
        this.groupId = Objects.requireNonNull(groupId);
        this.request = Objects.requireNonNull(request);
        this.reply = Objects.requireNonNull(reply);
    }

    @Override
    public final String groupId() {
        return groupId;
    }

    final Q request() {
        return request;
    }

    final Reply<R> reply() {
        return reply;
    }

    @Override
    public final void refuse(Errors error) {
        reply.fail(error);
    }
}
