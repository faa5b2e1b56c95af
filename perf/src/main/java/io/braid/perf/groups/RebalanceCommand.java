package io.braid.perf.groups;

import io.braid.perf.measure.ResultLine;
import io.braid.perf.measure.UsageWindow;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code braid perf groups rebalance}: how long a group takes to share its partitions out. */
@Command(
        name = "rebalance",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Lets members of one group join at once, one more join, and one leave, and measures how long it takes"
                        + " until every partition has its member again; then what the brokers use while nothing happens.")
final class RebalanceCommand implements Callable<Integer> {
    private static final long LIMIT_MS = 180_000;

    @Mixin
    private GroupOptions options;

    @Option(names = "--members", defaultValue = "20", description = "That join at once (default: ${DEFAULT-VALUE}).")
    private int members;

    @Option(
            names = "--partitions",
            defaultValue = "1000",
            description = "Of the topic that they share (default: ${DEFAULT-VALUE}).")
    private int partitions;

    @Option(
            names = "--protocol",
            paramLabel = "consumer|classic",
            defaultValue = "consumer",
            description = "consumer is KIP-848's (default: ${DEFAULT-VALUE}).")
    private String protocol;

    @Option(names = "--seconds", defaultValue = "10", description = "Of rest (default: ${DEFAULT-VALUE}).")
    private int seconds;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        if (members < 1 || partitions <= members || seconds < 1) {
            throw new ParameterException(spec.commandLine(), "more partitions than members, and more than none");
        }
        if (Stream.of("consumer", "classic").noneMatch(protocol::equals)) {
            throw new ParameterException(spec.commandLine(), "--protocol is consumer or classic");
        }
        String run = "rebalance-" + Long.toString(System.nanoTime(), 36);
        List<GroupMember> group = new ArrayList<>();
        Properties client = client(run);
        try (Admin admin = Admin.create(client)) {
            ResultLine line = options.line("groups-rebalance", admin)
                    .put("members", members)
                    .put("partitions", partitions)
                    .put("protocol", protocol);
            admin.createTopics(List.of(new NewTopic(run, Optional.of(partitions), Optional.empty())))
                    .all()
                    .get(60, TimeUnit.SECONDS);
            try {
                measure(group, client, run, line);
            } finally {
                for (GroupMember member : group) {
                    member.leave();
                }
            }
            admin.deleteTopics(List.of(run)).all().get(60, TimeUnit.SECONDS);
            line.print(spec.commandLine().getOut());
        }
        return 0;
    }

    private Properties client(String group) {
        Properties client = new Properties();
        client.put("bootstrap.servers", options.bootstrap());
        client.put("group.id", group);
        client.put("group.protocol", protocol);
        client.put("enable.auto.commit", "false");
        client.put("auto.offset.reset", "earliest");
        return client;
    }

    private void measure(List<GroupMember> group, Properties client, String topic, ResultLine line)
            throws InterruptedException, IOException {
        ShareTable shares = new ShareTable(partitions);
        long startedNs = System.nanoTime();
        for (int i = 0; i < members; i++) {
            group.add(new GroupMember(i, client, topic, shares));
        }
        line.put("joinMs", settled(shares, group, startedNs, "all members to join"));

        UsageWindow window = UsageWindow.start(options.pids());
        double before = heartbeats(group);
        TimeUnit.SECONDS.sleep(seconds);
        UsageWindow.Usage usage = window.stop();
        line.put("heartbeatsPerS", (heartbeats(group) - before) / usage.seconds())
                .put("idleCpuPercent", 100 * usage.brokerCpuSeconds() / usage.seconds());

        startedNs = System.nanoTime();
        group.add(new GroupMember(members, client, topic, shares));
        line.put("oneJoinsMs", settled(shares, group, startedNs, "one more member to join"));

        startedNs = System.nanoTime();
        group.remove(0).leave();
        line.put("oneLeavesMs", settled(shares, group, startedNs, "one member to leave"));
    }

    private static double settled(ShareTable shares, List<GroupMember> group, long startedNs, String what)
            throws InterruptedException, IOException {
        boolean good = shares.awaitSettled(LIMIT_MS);
        Optional<RuntimeException> failure = group.stream()
                .map(GroupMember::failure)
                .filter(Objects::nonNull)
                .findFirst();
        if (failure.isPresent()) {
            throw new IOException("a member failed while waiting for " + what, failure.get());
        }
        if (!good) {
            throw new IOException("waited " + LIMIT_MS / 1000 + " s in vain for " + what);
        }
        return (System.nanoTime() - startedNs) / 1e6;
    }

    private static double heartbeats(List<GroupMember> group) {
        return group.stream().mapToDouble(GroupMember::heartbeats).sum();
    }
}
