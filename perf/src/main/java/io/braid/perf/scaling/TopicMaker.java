package io.braid.perf.scaling;

import io.braid.perf.measure.LoadTopics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntConsumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/** Makes topics in requests of a size that every broker takes, and says how far it came. Stateless; blocks. */
final class TopicMaker {
    /** Apache Kafka's controller writes at most 10,000 records for a request. */
    private static final int PARTITIONS_A_REQUEST = 2_000;

    private static final long CALL_SECONDS = 300;

    private TopicMaker() {}

    /**
     * Makes all of them.
     *
     * @param made hears after each request how many partitions there are by now
     * @throws ExecutionException what the broker said; partitions of which {@code made} heard are there
     */
    static void make(Admin admin, LoadTopics topics, IntConsumer made)
            throws ExecutionException, InterruptedException, TimeoutException {
        Map<String, String> configs = topics.replicas() > 1
                ? Map.of("min.insync.replicas", Integer.toString(topics.replicas() - 1))
                : Map.of();
        List<NewTopic> request = new ArrayList<>();
        int inRequest = 0;
        int before = 0;
        for (int topic = 0; topic < topics.topics(); topic++) {
            request.add(new NewTopic(topics.topic(topic), topics.partitionsOf(topic), (short) topics.replicas())
                    .configs(configs));
            inRequest += topics.partitionsOf(topic);
            boolean last = topic + 1 == topics.topics();
            if (last || inRequest + topics.partitionsOf(topic + 1) > PARTITIONS_A_REQUEST) {
                admin.createTopics(request).all().get(CALL_SECONDS, TimeUnit.SECONDS);
                before += inRequest;
                made.accept(before);
                request.clear();
                inRequest = 0;
            }
        }
    }
}
