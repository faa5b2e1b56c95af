package io.braid.broker.handler;

import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.protocol.Errors;

/**
 * Creates topics that clients ask for and that do not exist, with the cluster's default settings. Requests for a name
 * that is being created join that creation, so that a thousand producers that start at once cause one command.
 *
 * <p>Safe for any thread.
 */
public final class TopicAutoCreator {

    /** Names being created at a time; further ones are answered as unknown, which clients retry. */
    private static final int MAX_CREATING = 10_000;

    private final TopicCreator creator;
    private final Map<String, CompletableFuture<Errors>> creating = new ConcurrentHashMap<>();

    public TopicAutoCreator(TopicCreator creator) {
        this.creator = creator;
    }

    /**
     * Creates those of {@code names} that may be created, and completes when this broker's image has them or the
     * creation has failed.
     *
     * @return why a name was not created, for each that was not
     */
    CompletableFuture<Map<String, Errors>> create(Collection<String> names) {
        Map<String, CompletableFuture<Errors>> results = new LinkedHashMap<>();
        Map<String, CompletableFuture<Errors>> mine = new LinkedHashMap<>();
        for (String name : names) {
            Errors refusal = refusal(name);
            if (refusal != Errors.NONE) {
                results.put(name, CompletableFuture.completedFuture(refusal));
                continue;
            }
            CompletableFuture<Errors> fresh = new CompletableFuture<>();
            CompletableFuture<Errors> underWay = creating.putIfAbsent(name, fresh);
            results.put(name, underWay == null ? fresh : underWay);
            if (underWay == null) {
                mine.put(name, fresh);
            }
        }
        submit(mine);
        return CompletableFuture.allOf(results.values().toArray(CompletableFuture[]::new))
                .thenApply(done -> failures(results));
    }

    private Errors refusal(String name) {
        if (!Topic.isValid(name)) {
            return Errors.INVALID_TOPIC_EXCEPTION;
        }
        // The cluster's own topics are made by their owners, with settings of their own.
        return Topic.isInternal(name)
                        || name.equals(Topic.CLUSTER_METADATA_TOPIC_NAME)
                        || creating.size() >= MAX_CREATING
                ? Errors.UNKNOWN_TOPIC_OR_PARTITION
                : Errors.NONE;
    }

    private void submit(Map<String, CompletableFuture<Errors>> mine) {
        if (mine.isEmpty()) {
            return;
        }
        var unused = creator.createWithDefaults(mine.keySet()).whenComplete((errors, thrown) -> {
            for (Map.Entry<String, CompletableFuture<Errors>> each : mine.entrySet()) {
                creating.remove(each.getKey(), each.getValue());
                Errors error = thrown != null ? Errors.UNKNOWN_TOPIC_OR_PARTITION : errors.get(each.getKey());
                // Somebody else was faster: the name is there, or was and is gone again.
                each.getValue().complete(error == Errors.TOPIC_ALREADY_EXISTS ? Errors.NONE : error);
            }
        });
    }

    private static Map<String, Errors> failures(Map<String, CompletableFuture<Errors>> results) {
        Map<String, Errors> failures = new HashMap<>();
        results.forEach((name, result) -> {
            if (result.join() != Errors.NONE) {
                failures.put(name, result.join());
            }
        });
        return failures;
    }
}
