package io.braid.broker;

import io.braid.broker.handler.LogDirs;
import io.braid.broker.shard.LogDirectories;
import io.braid.broker.shard.Shards;
import io.braid.log.SharedLog;
import io.braid.log.table.PartitionTable;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;

/** What DescribeLogDirs tells of this broker's shards. Thread-safe. */
final class ShardLogDirs implements LogDirs {
    private final LogDirectories directories;
    private final Shards shards;

    ShardLogDirs(LogDirectories directories, Shards shards) {
        this.directories = directories;
        this.shards = shards;
    }

    @Override
    public List<Directory> directories() {
        return directories.paths().stream().map(this::describe).toList();
    }

    private Directory describe(Path path) {
        String absolute = path.toAbsolutePath().normalize().toString();
        if (directories.failed(path)) {
            return new Directory(absolute, Errors.KAFKA_STORAGE_ERROR, -1, -1);
        }
        try {
            FileStore store = Files.getFileStore(path);
            return new Directory(absolute, Errors.NONE, store.getTotalSpace(), store.getUsableSpace());
        } catch (IOException e) {
            return new Directory(absolute, Errors.KAFKA_STORAGE_ERROR, -1, -1);
        }
    }

    @Override
    public int directoryOf(int shardId) {
        return directories.indexOf(shardId);
    }

    @Override
    public CompletableFuture<List<Stored>> stored(int shardId, List<Partition> wanted) {
        CompletableFuture<List<Stored>> answer = new CompletableFuture<>();
        boolean asked =
                shards.inspect(shardId, log -> answer.complete(wanted.isEmpty() ? all(log) : some(log, wanted)));
        if (!asked) {
            answer.complete(List.of());
        }
        return answer;
    }

    private static List<Stored> some(SharedLog log, List<Partition> wanted) {
        PartitionTable table = log.partitions();
        List<Stored> found = new ArrayList<>();
        for (Partition p : wanted) {
            Uuid id = p.topicId();
            int row = table.find(id.getMostSignificantBits(), id.getLeastSignificantBits(), p.partition());
            if (row >= 0) {
                found.add(new Stored(p, table.sizeBytes(row), 0));
            }
        }
        return found;
    }

    private static List<Stored> all(SharedLog log) {
        PartitionTable table = log.partitions();
        List<Stored> found = new ArrayList<>();
        table.forEach(row -> found.add(new Stored(
                new Partition(new Uuid(table.topicIdMsb(row), table.topicIdLsb(row)), table.partition(row)),
                table.sizeBytes(row),
                0)));
        return found;
    }
}
