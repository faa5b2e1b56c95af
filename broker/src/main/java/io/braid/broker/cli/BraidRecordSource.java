package io.braid.broker.cli;

import io.braid.client.ClientConfig;
import io.braid.client.ClusterClient;
import io.braid.client.consumer.Consumer;
import io.braid.client.consumer.ConsumerRecord;
import io.braid.client.consumer.Deserializer;
import io.braid.client.consumer.OffsetReset;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletionException;
import org.apache.kafka.common.TopicPartition;

/** By Braid's own consumer. */
final class BraidRecordSource implements RecordSource {
    private static final String CLIENT_ID = "braid-cli";

    private final String bootstrap;
    private final Duration patience;
    private final Consumer<byte[], byte[]> consumer;

    /** @param patience how long an answer is waited for */
    BraidRecordSource(String bootstrap, Duration patience, int maxPollRecords) {
        this.bootstrap = bootstrap;
        this.patience = patience;
        this.consumer = Consumer.builder(bootstrap, Deserializer.bytes(), Deserializer.bytes())
                .client(client -> client.clientId(CLIENT_ID))
                .offsetReset(OffsetReset.none())
                .maxPollRecords(maxPollRecords)
                .apiTimeout(patience)
                .build();
    }

    /** Asked of a broker: the consumer itself waits for a topic that does not exist yet. */
    @Override
    public OptionalInt partitionCount(String topic) {
        ClientConfig config = ClientConfig.builder(bootstrap)
                .clientId(CLIENT_ID)
                .requestTimeout(patience)
                .build();
        try (ClusterClient cluster = ClusterClient.open(config)) {
            return cluster.countPartitions(topic).join();
        } catch (CompletionException e) {
            throw Failure.root(e) instanceof RuntimeException cause ? cause : e;
        }
    }

    @Override
    public void assign(Collection<TopicPartition> partitions) {
        consumer.assign(partitions);
    }

    @Override
    public Map<TopicPartition, Long> beginningOffsets(Collection<TopicPartition> partitions) {
        return consumer.beginningOffsets(partitions);
    }

    @Override
    public Map<TopicPartition, Long> endOffsets(Collection<TopicPartition> partitions) {
        return consumer.endOffsets(partitions);
    }

    @Override
    public void seek(TopicPartition partition, long offset) {
        consumer.seek(partition, offset);
    }

    @Override
    public Iterable<ConsumerRecord<byte[], byte[]>> poll(Duration timeout) {
        return consumer.poll(timeout);
    }

    @Override
    public long position(TopicPartition partition) {
        return consumer.position(partition);
    }

    @Override
    public void close() {
        consumer.close();
    }
}
