package io.braid.broker.cli;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Sets committed offsets anew. */
@Command(
        name = "reset",
        description = {
            "Sets the committed offsets of a group without members.",
            "What is outside of a partition's offsets is moved to the nearest that it has."
        },
        sortOptions = false)
final class GroupsResetCommand implements Callable<Integer> {

    /** Where to go on. */
    static final class Target {
        @Option(
                names = "--to",
                paramLabel = "OFFSET",
                converter = StartOffset.Converter.class,
                description = "A number, -N for N before the end, earliest or latest.")
        private Optional<StartOffset> offset = Optional.empty();

        @Option(
                names = "--to-time",
                paramLabel = "TIME",
                description =
                        "The first record at or after a time, such as 2026-01-31T10:00:00Z; without one, the end.")
        private Optional<String> time = Optional.empty();

        @Option(names = "--shift", paramLabel = "N", description = "So many records on, or back where N is negative.")
        private Optional<Long> shift = Optional.empty();
    }

    @Parameters(paramLabel = "GROUP", description = "Its id.")
    private String group = "";

    @ArgGroup(exclusive = true, multiplicity = "1")
    private Target target = new Target();

    @Option(
            names = "--topic",
            paramLabel = "TOPIC[:N,N...]",
            description = "Topics, or some of their partitions. Default: all that have an offset in the group.")
    private List<String> topics = new ArrayList<>();

    @Option(names = "--dry-run", description = "Only prints what would be set.")
    private boolean dryRun;

    @Mixin
    private ClientOptions options = new ClientOptions();

    private final Console console;

    GroupsResetCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws InterruptedException, ExecutionException {
        Optional<Long> timeMs = target.time.map(GroupsResetCommand::milliseconds);
        try (GroupsClient client = GroupsClient.connect(console, options)) {
            Map<TopicPartition, Long> committed = client.committed(group);
            SortedSet<TopicPartition> partitions = new TreeSet<>(
                    Comparator.comparing(TopicPartition::topic).thenComparingInt(TopicPartition::partition));
            partitions.addAll(topics.isEmpty() ? committed.keySet() : named(client));
            Map<TopicPartition, Long> begin = client.offsets(partitions, OffsetSpec.earliest());
            Map<TopicPartition, Long> end = client.offsets(partitions, OffsetSpec.latest());
            Map<TopicPartition, Long> timed =
                    timeMs.isEmpty() ? Map.of() : client.offsets(partitions, OffsetSpec.forTimestamp(timeMs.get()));
            Map<TopicPartition, OffsetAndMetadata> plan = new HashMap<>();
            for (TopicPartition tp : partitions) {
                if (begin.containsKey(tp) && end.containsKey(tp)) {
                    long wanted = wanted(begin.get(tp), end.get(tp), committed.get(tp), timed.get(tp));
                    plan.put(tp, new OffsetAndMetadata(Math.max(begin.get(tp), Math.min(end.get(tp), wanted))));
                }
            }
            if (!dryRun && !plan.isEmpty()) {
                client.admin().alterConsumerGroupOffsets(group, plan).all().get();
            }
            for (TopicPartition tp : partitions) {
                if (plan.containsKey(tp)) {
                    print(tp, committed.get(tp), plan.get(tp).offset());
                }
            }
            return client.exitCode();
        }
    }

    private long wanted(long begin, long end, Long committed, Long timed) {
        if (target.shift.isPresent()) {
            return Math.addExact(committed == null ? end : committed, target.shift.get());
        }
        if (target.time.isPresent()) {
            return timed == null || timed < 0 ? end : timed;
        }
        StartOffset to = target.offset.orElseThrow();
        return to.kind() == StartOffset.Kind.ABSOLUTE ? to.value() : to.in(begin, end);
    }

    private List<TopicPartition> named(GroupsClient client) throws InterruptedException, ExecutionException {
        List<TopicPartition> named = new ArrayList<>();
        for (String text : topics) {
            int colon = text.indexOf(':');
            if (colon >= 0) {
                for (String number : text.substring(colon + 1).split(",", -1)) {
                    named.add(new TopicPartition(text.substring(0, colon), partition(text, number)));
                }
            } else {
                client.admin()
                        .describeTopics(List.of(text))
                        .allTopicNames()
                        .get()
                        .get(text)
                        .partitions()
                        .forEach(p -> named.add(new TopicPartition(text, p.partition())));
            }
        }
        return named;
    }

    private static int partition(String text, String number) {
        try {
            return Integer.parseUnsignedInt(number);
        } catch (NumberFormatException e) {
            throw CliException.usage("--topic must be TOPIC or TOPIC:N,N..., not " + text);
        }
    }

    private static long milliseconds(String time) {
        try {
            return Instant.parse(time).toEpochMilli();
        } catch (DateTimeParseException e) {
            throw CliException.usage("--to-time must be a time such as 2026-01-31T10:00:00Z, not " + time);
        }
    }

    private void print(TopicPartition tp, Long before, long now) {
        if (options.json()) {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("group", group);
            line.put("topic", tp.topic());
            line.put("partition", tp.partition());
            line.put("before", before);
            line.put("offset", now);
            line.put("outcome", dryRun ? "planned" : "reset");
            console.line(Json.of(line));
            return;
        }
        console.line((dryRun ? "would reset " : "reset ") + tp.topic() + " partition=" + tp.partition() + " from="
                + (before == null ? "-" : before) + " to=" + now);
    }
}
