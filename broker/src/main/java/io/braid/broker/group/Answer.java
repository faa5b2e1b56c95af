package io.braid.broker.group;

import java.util.Objects;
import org.apache.kafka.common.protocol.Errors;

/** An answer and where it goes. Immutable. */
public final class Answer<R> {
    private final Reply<R> to;
    private final R answer;
    private final Errors error;

    private Answer(Reply<R> to, R answer, Errors error) {
        this.to = Objects.requireNonNull(to);
        this.answer = answer;
        this.error = error;
    }

    static <R> Answer<R> of(Reply<R> to, R answer) {
        return new Answer<>(to, Objects.requireNonNull(answer), Errors.NONE);
    }

    static <R> Answer<R> failure(Reply<R> to, Errors error) {
        return new Answer<>(to, null, error);
    }

    /** Sends it, once what it rests on is committed. */
    public void send() {
        if (error == Errors.NONE) {
            to.send(answer);
        } else {
            to.fail(error);
        }
    }

    /** Sends {@code why} in its place: what it rests on was not committed. */
    public void fail(Errors why) {
        to.fail(why);
    }
}
