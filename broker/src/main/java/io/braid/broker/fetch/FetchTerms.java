package io.braid.broker.fetch;

import java.util.function.Predicate;

/**
 * What a fetch asks for, apart from its partitions.
 *
 * @param keepsInterests the session lives on, so what its shards know of it stays
 * @param answersAll the answer names every partition, as the first of a session and one without a session do
 * @param minBytes to wait for, at most {@code maxWaitMs}
 * @param maxBytes of the answer
 * @param mayRead whether the client may read a topic, by name
 * @param rack of the client, "" when it has none
 * @param listener by which the client came
 */
record FetchTerms(
        boolean keepsInterests,
        boolean answersAll,
        int minBytes,
        int maxBytes,
        int maxWaitMs,
        Predicate<String> mayRead,
        String rack,
        String listener) {}
