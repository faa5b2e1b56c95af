package io.braid.broker.cli;

import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.TimeoutException;

/** Puts what went wrong into one line. */
final class Failure {

    private Failure() {}

    /** The error itself, without what futures wrapped around it. */
    static Throwable root(Throwable error) {
        Throwable root = error;
        while ((root instanceof ExecutionException || root instanceof CompletionException) && root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }

    /** Whether the Kafka client refused one of the settings it was given. */
    static boolean isWrongSetting(Throwable error) {
        Throwable root = root(error);
        return root instanceof ConfigException || root.getCause() instanceof ConfigException;
    }

    static String oneLine(Throwable error) {
        Throwable root = root(error);
        if (root instanceof TimeoutException) {
            return "the broker did not answer in time: " + root.getMessage();
        }
        StringBuilder text =
                new StringBuilder(root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage());
        Throwable cause = root.getCause();
        if (cause != null && cause.getMessage() != null && text.indexOf(cause.getMessage()) < 0) {
            text.append(": ").append(cause.getMessage());
        }
        return text.toString();
    }
}
