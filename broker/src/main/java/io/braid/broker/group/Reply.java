package io.braid.broker.group;

import org.apache.kafka.common.protocol.Errors;

/**
 * Where the answer to one request goes. A core keeps it while a client waits and never calls it: it hands it out with the
 * answer, and the shell calls exactly one of the methods, once, when what the answer rests on is committed.
 *
 * @param <R> the answer
 */
public interface Reply<R> {
    void send(R answer);

    /** No answer could be made: the whole request failed with {@code error}. */
    void fail(Errors error);
}
