package io.braid.client.consumer;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;

/** SKELETON. */
public final class Consumer<K, V> implements AutoCloseable {
    Consumer(ConsumerBuilder<K, V> builder) {
        throw new UnsupportedOperationException();
    }

    public static <K, V> ConsumerBuilder<K, V> builder(
            String bootstrap, Deserializer<K> keyDeserializer, Deserializer<V> valueDeserializer) {
        return new ConsumerBuilder<>(bootstrap, keyDeserializer, valueDeserializer);
    }

    // ---- what is read

    public void assign(Collection<TopicPartition> partitions) {
        throw new UnsupportedOperationException();
    }

    public void assign(PartitionSet partitions) {
        throw new UnsupportedOperationException();
    }

    public void subscribe(Collection<String> topics) {
        throw new UnsupportedOperationException();
    }

    public void subscribe(Collection<String> topics, RebalanceListener listener) {
        throw new UnsupportedOperationException();
    }

    public void subscribeMatching(String re2jExpression, RebalanceListener listener) {
        throw new UnsupportedOperationException();
    }

    public void unsubscribe() {
        throw new UnsupportedOperationException();
    }

    public PartitionSet assignment() {
        throw new UnsupportedOperationException();
    }

    // ---- reading

    public ConsumerRecords<K, V> poll(Duration timeout) {
        throw new UnsupportedOperationException();
    }

    public void wakeup() {
        throw new UnsupportedOperationException();
    }

    public void subscribe(Collection<String> topics, RecordHandler<K, V> handler, HandlerOptions options) {
        throw new UnsupportedOperationException();
    }

    public void handle(RecordHandler<K, V> handler, HandlerOptions options) {
        throw new UnsupportedOperationException();
    }

    // ---- positions

    public void seek(TopicPartition partition, long offset) {
        throw new UnsupportedOperationException();
    }

    public void seek(TopicPartition partition, OffsetAndMetadata offset) {
        throw new UnsupportedOperationException();
    }

    public void seekToBeginning(Collection<TopicPartition> partitions) {
        throw new UnsupportedOperationException();
    }

    public void seekToEnd(Collection<TopicPartition> partitions) {
        throw new UnsupportedOperationException();
    }

    public long position(TopicPartition partition) {
        throw new UnsupportedOperationException();
    }

    public void pause(Collection<TopicPartition> partitions) {
        throw new UnsupportedOperationException();
    }

    public void resume(Collection<TopicPartition> partitions) {
        throw new UnsupportedOperationException();
    }

    public PartitionSet paused() {
        throw new UnsupportedOperationException();
    }

    public OptionalLong lag(TopicPartition partition) {
        throw new UnsupportedOperationException();
    }

    // ---- commits

    public void commit() {
        throw new UnsupportedOperationException();
    }

    public void commit(Map<TopicPartition, OffsetAndMetadata> offsets) {
        throw new UnsupportedOperationException();
    }

    public CompletableFuture<Void> commitAsync() {
        throw new UnsupportedOperationException();
    }

    public CompletableFuture<Void> commitAsync(Map<TopicPartition, OffsetAndMetadata> offsets) {
        throw new UnsupportedOperationException();
    }

    public Map<TopicPartition, OffsetAndMetadata> committed(Collection<TopicPartition> partitions) {
        throw new UnsupportedOperationException();
    }

    // ---- what brokers know

    public int partitionCount(String topic) {
        throw new UnsupportedOperationException();
    }

    public Map<TopicPartition, Long> beginningOffsets(Collection<TopicPartition> partitions) {
        throw new UnsupportedOperationException();
    }

    public Map<TopicPartition, Long> endOffsets(Collection<TopicPartition> partitions) {
        throw new UnsupportedOperationException();
    }

    public Map<TopicPartition, OffsetAndTimestamp> offsetsForTimes(Map<TopicPartition, Long> timestampsMs) {
        throw new UnsupportedOperationException();
    }

    // ---- end

    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }

    public boolean close(Duration limit) {
        throw new UnsupportedOperationException();
    }
}
