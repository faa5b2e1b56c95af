package io.braid.broker.cli;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Describes groups: state, members, and for each partition the committed offset, the end and the lag. */
@Command(
        name = "describe",
        description = "Prints state, members, committed offsets and lag of groups.",
        sortOptions = false)
final class GroupsDescribeCommand implements Callable<Integer> {

    @Parameters(paramLabel = "GROUP", arity = "0..*", description = "Their ids; none: all groups.")
    private List<String> names = new ArrayList<>();

    @Mixin
    private ClientOptions options = new ClientOptions();

    private final Console console;

    GroupsDescribeCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws InterruptedException, ExecutionException {
        try (GroupsClient client = GroupsClient.connect(console, options)) {
            NavigableSet<String> groups = new TreeSet<>(names);
            if (groups.isEmpty()) {
                client.admin().listGroups().all().get().stream()
                        .map(GroupListing::groupId)
                        .forEach(groups::add);
            }
            var described = client.admin().describeConsumerGroups(groups).describedGroups();
            for (String group : groups) {
                if (client.succeeded(group, described.get(group))) {
                    print(
                            described.get(group).get(),
                            rows(client, described.get(group).get()));
                }
            }
            return client.exitCode();
        }
    }

    /** One partition of a group; numbers are null, and names empty, where there is nothing to say. */
    private record Row(TopicPartition partition, Long committed, Long end, MemberDescription member) {
        Long lag() {
            return committed == null || end == null ? null : Long.valueOf(Math.max(0, end - committed));
        }
    }

    private static List<Row> rows(GroupsClient client, ConsumerGroupDescription group)
            throws InterruptedException, ExecutionException {
        Map<TopicPartition, MemberDescription> owners = new HashMap<>();
        group.members().forEach(member -> member.assignment().topicPartitions().forEach(tp -> owners.put(tp, member)));
        Map<TopicPartition, Long> committed = client.committed(group.groupId());
        NavigableSet<TopicPartition> partitions =
                new TreeSet<>(Comparator.comparing(TopicPartition::topic).thenComparingInt(TopicPartition::partition));
        partitions.addAll(owners.keySet());
        partitions.addAll(committed.keySet());
        Map<TopicPartition, Long> ends = client.offsets(partitions, OffsetSpec.latest());
        return partitions.stream()
                .map(tp -> new Row(tp, committed.get(tp), ends.get(tp), owners.get(tp)))
                .toList();
    }

    private void print(ConsumerGroupDescription group, List<Row> rows) {
        String type = group.type().toString().toLowerCase(Locale.ROOT);
        long lag = rows.stream()
                .map(Row::lag)
                .filter(one -> one != null)
                .mapToLong(Long::longValue)
                .sum();
        if (options.json()) {
            console.line(Json.of(json(group, type, rows, lag)));
            return;
        }
        console.line("group=" + group.groupId() + " type=" + type + " state=" + group.groupState() + " assignor="
                + text(group.partitionAssignor()) + " coordinator="
                + group.coordinator().idString() + " members="
                + group.members().size() + " lag=" + lag);
        for (Row row : rows) {
            console.line("  topic=" + row.partition().topic() + " partition="
                    + row.partition().partition() + " committed=" + text(row.committed()) + " end=" + text(row.end())
                    + " lag=" + text(row.lag())
                    + (row.member() == null
                            ? " member=-"
                            : " member=" + row.member().consumerId() + " client="
                                    + row.member().clientId() + " host="
                                    + row.member().host()));
        }
    }

    private static Map<String, Object> json(ConsumerGroupDescription group, String type, List<Row> rows, long lag) {
        List<Map<String, Object>> members = new ArrayList<>();
        for (MemberDescription member : group.members()) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("member", member.consumerId());
            one.put("instance", member.groupInstanceId().orElse(null));
            one.put("client", member.clientId());
            one.put("host", member.host());
            members.add(one);
        }
        List<Map<String, Object>> partitions = new ArrayList<>();
        for (Row row : rows) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("topic", row.partition().topic());
            one.put("partition", row.partition().partition());
            one.put("committed", row.committed());
            one.put("end", row.end());
            one.put("lag", row.lag());
            one.put("member", row.member() == null ? null : row.member().consumerId());
            partitions.add(one);
        }
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("group", group.groupId());
        line.put("type", type);
        line.put("state", group.groupState().toString());
        line.put("assignor", group.partitionAssignor());
        line.put("coordinator", group.coordinator().id());
        line.put("lag", lag);
        line.put("members", members);
        line.put("partitions", partitions);
        return line;
    }

    private static String text(Object value) {
        return value == null || value.toString().isEmpty() ? "-" : value.toString();
    }
}
