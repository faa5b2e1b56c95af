package io.braid.broker.cli;

import io.braid.log.InspectedCheckpoint;
import io.braid.log.InspectedEntry;
import io.braid.log.InspectedSegment;
import io.braid.log.LogInspection;
import io.braid.log.LogProblem;
import io.braid.log.rewrite.SegmentManifest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.kafka.common.Uuid;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Prints what is in the files of logs. */
@Command(
        name = "inspect",
        description = "Prints checkpoints and segments, and with --entries or one of the filters the entries too.",
        sortOptions = false)
final class LogInspectCommand implements Callable<Integer> {

    @Option(names = "--entries", description = "The entries of the segments too.")
    private boolean entries;

    @Option(
            names = "--partition",
            paramLabel = "[TOPIC-ID-]N",
            description = "Only entries of partition N, of the topic with this id if one is given.")
    private String partition;

    @Option(names = "--from-lsn", paramLabel = "LSN", description = "Only entries from this LSN on.")
    private Long fromLsn;

    @Option(names = "--max", paramLabel = "N", description = "At most so many entries.")
    private Long max;

    @Option(names = "--records", description = "The records of the batches too.")
    private boolean records;

    @Mixin
    private LogOptions options = new LogOptions();

    private final Console console;
    private LogLines lines;
    private Uuid topic;
    private int number = -1;
    private long printed;

    LogInspectCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        lines = new LogLines(console, options.json());
        entries |= records || partition != null || fromLsn != null || max != null;
        parsePartition();
        List<Path> directories = options.shards();
        options.locked(() -> {
            for (Path directory : directories) {
                Map<String, Object> line = new LinkedHashMap<>();
                line.put("shard", directory.getFileName().toString());
                line.put("directory", directory.toString());
                lines.print("shard", line);
                LogInspection.inspect(directory, new Printing());
            }
        });
        return ExitCode.DONE;
    }

    private void parsePartition() {
        if (partition == null) {
            return;
        }
        int dash = partition.lastIndexOf('-');
        try {
            topic = dash > 0 ? Uuid.fromString(partition.substring(0, dash)) : null;
            number = Integer.parseInt(partition.substring(dash + 1));
        } catch (IllegalArgumentException e) {
            throw CliException.usage("--partition " + partition + " is not N or TOPIC-ID-N");
        }
    }

    private boolean matches(InspectedEntry entry) {
        return entries
                && (fromLsn == null || entry.lsn() >= fromLsn)
                && (number < 0 || (entry.partition() == number && entry.batch().isPresent()))
                && (topic == null || topic.equals(entry.topicId()))
                && (max == null || printed < max);
    }

    /** Prints what passes the filters. */
    private final class Printing implements LogInspection.Visitor {
        @Override
        public void onCheckpoint(InspectedCheckpoint checkpoint) {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("file", name(checkpoint.file()));
            line.put("lsn", checkpoint.lsn());
            line.put("partitions", checkpoint.partitions());
            line.put("producers", checkpoint.producers());
            line.put("leaderEpochs", checkpoint.leaderEpochs());
            line.put("bytes", checkpoint.fileBytes());
            lines.print("checkpoint", line);
        }

        @Override
        public void onManifest(Path file, SegmentManifest manifest) {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("file", name(file));
            line.put("next", manifest.next());
            line.put("rewrittenSegments", manifest.segments().size());
            lines.print("manifest", line);
        }

        @Override
        public void onEntry(InspectedEntry entry) {
            if (matches(entry)) {
                printed++;
                lines.entry(entry);
                if (records) {
                    entry.batch().ifPresent(lines::records);
                }
            }
        }

        @Override
        public void onSegment(InspectedSegment segment) {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("file", name(segment.file()));
            line.put("state", segment.state());
            line.put("ordinal", segment.ordinal());
            line.put("firstLsn", segment.firstLsn());
            line.put("endLsn", segment.endLsn());
            line.put("entries", segment.entries());
            line.put("batches", segment.batches());
            line.put("records", segment.records());
            line.put("partitions", segment.partitions());
            line.put("bytes", segment.fileBytes());
            line.put("liveBytes", segment.liveBytes());
            line.put("deadBytes", segment.deadBytes());
            line.put("problems", segment.problems());
            lines.print("segment", line);
        }

        @Override
        public void onProblem(LogProblem problem) {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("file", name(problem.file()));
            line.put("position", problem.position());
            line.put("what", problem.what());
            lines.print("problem", line);
        }

        private String name(Path file) {
            return file.getFileName().toString();
        }
    }
}
