package io.braid.perf.measure;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.TopicPartition;

/**
 * Partitions numbered from 0, in topics of one load: {@code PREFIX-0}, {@code PREFIX-1} ... Immutable; calls that ask brokers block, up
 * to five minutes a request.
 *
 * @param prefix of the topics' names
 * @param partitions of all topics together
 * @param perTopic partitions of each topic but the last, which has what is left
 * @param replicas of each partition
 */
public record LoadTopics(String prefix, int partitions, int perTopic, int replicas) {
    /** Partitions in one request: Apache Kafka's controller takes 10,000 records in an answer, at most. */
    private static final int MOST_IN_A_REQUEST = 2_000;

    private static final long CALL_SECONDS = 300;

    public LoadTopics {
        if (partitions < 1 || perTopic < 1 || replicas < 1) {
            throw new IllegalArgumentException("no partitions: " + partitions + " " + perTopic + " " + replicas);
        }
    }

    /** How many topics there are. */
    public int topics() {
        return (partitions + perTopic - 1) / perTopic;
    }

    public String topic(int number) {
        return prefix + "-" + number;
    }

    /** The topic of a partition by its number among all. */
    public String topicOf(int index) {
        return topic(index / perTopic);
    }

    /** A partition's number within its topic, by its number among all. */
    public int partitionOf(int index) {
        return index % perTopic;
    }

    /** Partitions of one topic. */
    public int partitionsOf(int topic) {
        return Math.min(perTopic, partitions - topic * perTopic);
    }

    public TopicPartition at(int index) {
        return new TopicPartition(topicOf(index), partitionOf(index));
    }

    public List<TopicPartition> all() {
        List<TopicPartition> all = new ArrayList<>(partitions);
        for (int i = 0; i < partitions; i++) {
            all.add(at(i));
        }
        return all;
    }

    /**
     * Makes the topics; they need not take records yet when this returns, see {@link Settling}.
     *
     * @throws ExecutionException what the brokers said
     * @throws TimeoutException no answer
     */
    public void create(Admin admin) throws ExecutionException, InterruptedException, TimeoutException {
        Map<String, String> configs =
                replicas > 1 ? Map.of("min.insync.replicas", Integer.toString(replicas - 1)) : Map.of();
        List<NewTopic> request = new ArrayList<>();
        int inRequest = 0;
        for (int number = 0; number < topics(); number++) {
            if (inRequest > 0 && inRequest + partitionsOf(number) > MOST_IN_A_REQUEST) {
                admin.createTopics(request).all().get(CALL_SECONDS, TimeUnit.SECONDS);
                request.clear();
                inRequest = 0;
            }
            request.add(new NewTopic(topic(number), partitionsOf(number), (short) replicas).configs(configs));
            inRequest += partitionsOf(number);
        }
        admin.createTopics(request).all().get(CALL_SECONDS, TimeUnit.SECONDS);
    }

    /** Removes the topics; the arguments of errors are those of {@link #create}. */
    public void delete(Admin admin) throws ExecutionException, InterruptedException, TimeoutException {
        List<String> request = new ArrayList<>();
        int inRequest = 0;
        for (int number = 0; number < topics(); number++) {
            if (inRequest > 0 && inRequest + partitionsOf(number) > MOST_IN_A_REQUEST) {
                admin.deleteTopics(request).all().get(CALL_SECONDS, TimeUnit.SECONDS);
                request.clear();
                inRequest = 0;
            }
            request.add(topic(number));
            inRequest += partitionsOf(number);
        }
        admin.deleteTopics(request).all().get(CALL_SECONDS, TimeUnit.SECONDS);
    }
}
