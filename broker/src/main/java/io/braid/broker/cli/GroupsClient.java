package io.braid.broker.cli;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;

/** A connection for the administration of groups, and what becomes of the outcome for each group. */
final class GroupsClient implements AutoCloseable {

    private static final Map<String, Object> DEFAULTS = Map.of(
            AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
            30_000,
            AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
            15_000);

    private final Console console;
    private final Admin admin;
    private boolean failed;

    private GroupsClient(Console console, Admin admin) {
        this.console = console;
        this.admin = admin;
    }

    static GroupsClient connect(Console console, ClientOptions options) {
        return new GroupsClient(console, Admin.create(options.connected(DEFAULTS)));
    }

    Admin admin() {
        return admin;
    }

    /** The committed offsets of a group; partitions without one are left out. */
    Map<TopicPartition, Long> committed(String group) throws InterruptedException, ExecutionException {
        Map<TopicPartition, OffsetAndMetadata> found = admin.listConsumerGroupOffsets(group)
                .partitionsToOffsetAndMetadata(group)
                .get();
        Map<TopicPartition, Long> offsets = new HashMap<>();
        found.forEach((partition, offset) -> {
            if (offset != null) {
                offsets.put(partition, offset.offset());
            }
        });
        return offsets;
    }

    /** An offset of each partition; where a partition cannot be asked, such as after its topic was deleted, it is left out. */
    Map<TopicPartition, Long> offsets(Collection<TopicPartition> partitions, OffsetSpec spec)
            throws InterruptedException {
        Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
        partitions.forEach(partition -> asked.put(partition, spec));
        var answers = admin.listOffsets(asked);
        Map<TopicPartition, Long> offsets = new HashMap<>();
        for (TopicPartition partition : asked.keySet()) {
            try {
                ListOffsetsResultInfo found = answers.partitionResult(partition).get();
                offsets.put(partition, found.offset());
            } catch (ExecutionException e) {
                onFailure(partition.toString(), e);
            }
        }
        return offsets;
    }

    /** Whether the outcome is a success; a failure is printed and makes {@link #exitCode()} tell so. */
    boolean succeeded(String group, Future<?> outcome) throws InterruptedException {
        try {
            outcome.get();
            return true;
        } catch (ExecutionException e) {
            onFailure("group " + group, e);
            return false;
        }
    }

    void onFailure(String what, Throwable error) {
        failed = true;
        boolean missing = Failure.root(error) instanceof GroupIdNotFoundException;
        console.error(missing ? what + " does not exist" : what + ": " + Failure.oneLine(error));
    }

    int exitCode() {
        return failed ? ExitCode.FAILED : ExitCode.DONE;
    }

    @Override
    public void close() {
        admin.close();
    }
}
