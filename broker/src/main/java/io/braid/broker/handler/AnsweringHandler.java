package io.braid.broker.handler;

import io.braid.broker.security.Caller;
import io.braid.protocol.network.RequestContext;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A handler whose answer is a value, made at once or later, from the caller, the version and the request.
 *
 * @param <Q> the generated class of the request
 * @param <R> the generated class of the response
 */
public interface AnsweringHandler<Q extends ApiMessage, R extends ApiMessage> extends ApiHandler {

    /** Runs a task on the thread that hands it over. */
    Executor HERE = Runnable::run;

    /**
     * The answer to {@code request}. It may complete on any thread, which then encodes it. Must not block. A failure of
     * the future, or an exception, is answered by {@link #failure}: a timeout with {@link Errors#REQUEST_TIMED_OUT},
     * anything else as a fault of the broker.
     */
    CompletableFuture<R> answer(Caller caller, short version, Q request);

    /** The answer to {@code request} that says that all of it failed with {@code error}. */
    R failure(short version, Q request, Errors error);

    /** Where {@code request} is to be answered: {@link #HERE} unless that would hold up an event loop. */
    default Executor executorFor(short version, Q request) {
        return HERE;
    }

    @Override
    default void handle(RequestContext context) {
        @SuppressWarnings("unchecked") // the table calls a handler with requests of its API only
        Q request = (Q) context.body();
        short version = context.apiVersion();
        Executor executor;
        try {
            executor = executorFor(version, request);
        } catch (RuntimeException e) {
            context.reply(failure(version, request, errorOf(context, e)));
            return;
        }
        try {
            executor.execute(() -> {
                var unused = started(context, version, request)
                        .whenComplete((response, thrown) -> finish(context, version, request, response, thrown));
            });
        } catch (RejectedExecutionException e) {
            context.close("too many large requests under way");
        }
    }

    /** Replies. An answer that cannot be encoded is a fault of the handler: it must not leave the client waiting. */
    private void finish(RequestContext context, short version, Q request, R response, Throwable thrown) {
        try {
            context.reply(thrown == null ? response : failure(version, request, errorOf(context, thrown)));
        } catch (RuntimeException e) {
            Log.LOGGER.error("event=reply-failed api={} version={}", context.apiKey(), version, e);
            context.close("the answer could not be sent");
        }
    }

    private CompletableFuture<R> started(RequestContext context, short version, Q request) {
        try {
            return answer(Caller.of(context), version, request);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static Errors errorOf(RequestContext context, Throwable thrown) {
        Throwable cause =
                thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
        if (cause instanceof TimeoutException) {
            return Errors.REQUEST_TIMED_OUT;
        }
        Errors error = Errors.forException(cause);
        if (error == Errors.UNKNOWN_SERVER_ERROR) {
            Log.LOGGER.error(
                    "event=answer-failed api={} version={} {}",
                    context.apiKey(),
                    context.apiVersion(),
                    context.connection(),
                    cause);
        }
        return error;
    }

    /** Holds the logger, which an interface cannot hide. */
    final class Log {
        private static final Logger LOGGER = LoggerFactory.getLogger(AnsweringHandler.class);

        private Log() {}
    }
}
