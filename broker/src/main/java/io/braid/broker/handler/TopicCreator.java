package io.braid.broker.handler;

import io.braid.broker.config.DynamicConfigs;
import io.braid.broker.config.TopicConfigs;
import io.braid.broker.config.TopicKeys;
import io.braid.controller.Command;
import io.braid.controller.CommandResult;
import io.braid.controller.NewTopic;
import io.braid.controller.PoolPolicy;
import io.braid.image.ClusterImage;
import io.braid.image.Configs;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.protocol.Errors;

/** Has topics created by the quorum, as many at a time as a command takes. Safe for any thread. */
public final class TopicCreator {

    /** Bounds of one command, well below those of the quorum. */
    private static final int MAX_TOPICS = 10_000;

    private static final int MAX_BYTES = 2 << 20;

    private final int nodeId;
    private final MetadataSource metadata;
    private final TopicConfigs configs;
    private final TopicDefaults defaults;
    private final PoolPolicy policy;

    /**
     * @param nodeId this broker, whose dynamic configs give topics their defaults
     */
    public TopicCreator(
            int nodeId, MetadataSource metadata, TopicConfigs configs, TopicDefaults defaults, PoolPolicy policy) {
        this.nodeId = nodeId;
        this.metadata = metadata;
        this.configs = configs;
        this.defaults = defaults;
        this.policy = policy;
    }

    TopicDefaults defaults() {
        return defaults;
    }

    TopicConfigs configs() {
        return configs;
    }

    /** What AlterConfigs has set on this broker and on all, in {@code image}. */
    DynamicConfigs dynamic(ClusterImage image) {
        return new DynamicConfigs(
                image.config(ClusterImage.BROKER_RESOURCE, Integer.toString(nodeId)),
                image.config(ClusterImage.BROKER_RESOURCE, ""));
    }

    /**
     * A topic to create, under a new random id.
     *
     * @param replicationFactor {@link TopicDefaults#OF_THE_POOL} for that of the pool
     */
    NewTopic plan(
            DynamicConfigs dynamic, String name, int partitions, int replicationFactor, Map<String, String> overrides) {
        boolean compacted = configs.check(overrides).isEmpty()
                && configs.effective(TopicKeys.CLEANUP, overrides, dynamic).contains("compact");
        return new NewTopic(
                Uuid.randomUuid(),
                name,
                partitions,
                replicationFactor,
                Topic.isInternal(name),
                compacted,
                Configs.of(overrides));
    }

    /**
     * Creates topics, or says what would become of them. Completes when this broker's image has those that were created,
     * with one item for each topic, in order.
     */
    CompletableFuture<List<CommandResult.Item>> create(List<NewTopic> topics, boolean validateOnly) {
        List<CompletableFuture<List<CommandResult.Item>>> results = new ArrayList<>();
        List<NewTopic> batch = new ArrayList<>();
        int bytes = 0;
        for (NewTopic topic : topics) {
            int size = sizeOf(topic);
            if (batch.size() == MAX_TOPICS || (!batch.isEmpty() && bytes + size > MAX_BYTES)) {
                results.add(submit(batch, validateOnly));
                batch = new ArrayList<>();
                bytes = 0;
            }
            batch.add(topic);
            bytes += size;
        }
        if (!batch.isEmpty()) {
            results.add(submit(batch, validateOnly));
        }
        return CompletableFuture.allOf(results.toArray(CompletableFuture[]::new))
                .thenApply(done ->
                        results.stream().flatMap(items -> items.join().stream()).toList());
    }

    /** Creates topics with the defaults; the result has an error, or {@link Errors#NONE}, for each name. */
    CompletableFuture<Map<String, Errors>> createWithDefaults(Collection<String> names) {
        DynamicConfigs dynamic = dynamic(metadata.image());
        List<NewTopic> topics = names.stream()
                .map(name -> plan(dynamic, name, defaults.partitions(), defaults.replicationFactor(), Map.of()))
                .toList();
        return create(topics, false).thenApply(items -> {
            Map<String, Errors> errors = new HashMap<>();
            for (int i = 0; i < topics.size(); i++) {
                errors.put(topics.get(i).name(), items.get(i).error());
            }
            return errors;
        });
    }

    private CompletableFuture<List<CommandResult.Item>> submit(List<NewTopic> topics, boolean validateOnly) {
        return metadata.submit(new Command.CreateTopics(topics, policy, validateOnly))
                .thenApply(result -> CommandItems.of(result, topics.size()));
    }

    private static int sizeOf(NewTopic topic) {
        int size = 64 + 3 * topic.name().length();
        for (Map.Entry<String, String> config : topic.configs().entrySet()) {
            size += 8 + 3 * (config.getKey().length() + config.getValue().length());
        }
        return size;
    }
}
