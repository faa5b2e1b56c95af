package io.braid.perf.groups;

import io.braid.perf.measure.LatencyRecorder;
import io.braid.perf.measure.ResultLine;
import io.braid.perf.measure.UsageWindow;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code braid perf groups commits}: how many commits a second, and how long each takes. */
@Command(
        name = "commits",
        mixinStandardHelpOptions = true,
        description =
                "Commits offsets in many groups at once, and prints commits a second and percentiles of how long they took.")
final class CommitsCommand implements Callable<Integer> {

    @Mixin
    private GroupOptions options;

    @Option(names = "--groups", defaultValue = "20", description = "Groups that commit at once. Default: 20.")
    private int groups;

    @Option(names = "--partitions", defaultValue = "10", description = "Offsets in a commit. Default: 10.")
    private int partitions;

    @Option(
            names = "--rate",
            defaultValue = "0",
            description = "Commits a second of all groups together. Default: 0, as many as are answered.")
    private int rate;

    @Option(names = "--warm-up", paramLabel = "SECONDS", defaultValue = "5", description = "Not counted. Default: 5.")
    private int warmUpSeconds;

    @Option(names = "--seconds", defaultValue = "20", description = "Counted. Default: 20.")
    private int seconds;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        if (groups < 1 || partitions < 1 || rate < 0 || warmUpSeconds < 0 || seconds < 1) {
            throw new ParameterException(spec.commandLine(), "the numbers must be positive");
        }
        String run = Long.toString(System.nanoTime(), 36);
        String topic = "commits-" + run;
        Properties client = new Properties();
        client.put("bootstrap.servers", options.bootstrap());
        client.put("enable.auto.commit", "false");
        LatencyRecorder took = new LatencyRecorder();
        try (Admin admin = Admin.create(client)) {
            ResultLine line = options.line("groups-commits", admin);
            admin.createTopics(List.of(new NewTopic(topic, Optional.of(partitions), Optional.empty())))
                    .all()
                    .get(60, TimeUnit.SECONDS);
            UsageWindow window = UsageWindow.start(options.pids());
            long failed = commit(client, run, topic, took);
            UsageWindow.Usage usage = window.stop();
            admin.deleteTopics(List.of(topic)).all().get(60, TimeUnit.SECONDS);
            long commits = took.count();
            line.put("groups", groups)
                    .put("offsetsPerCommit", partitions)
                    .put("rate", rate)
                    .put("seconds", seconds)
                    .put("commits", commits)
                    .put("commitsPerS", (double) commits / seconds)
                    .put("cpuPercent", 100 * usage.brokerCpuSeconds() / usage.seconds())
                    .put("failed", failed);
            took.putInto(line, "");
            line.print(spec.commandLine().getOut());
            return failed == 0 && commits > 0 ? 0 : 1;
        }
    }

    /** @return how many commits failed */
    private long commit(Properties client, String run, String topic, LatencyRecorder took) throws Exception {
        long nowNs = System.nanoTime();
        long countFromNs = nowNs + TimeUnit.SECONDS.toNanos(warmUpSeconds);
        Committer.Times times = new Committer.Times(
                countFromNs,
                countFromNs + TimeUnit.SECONDS.toNanos(seconds),
                rate == 0 ? 0 : TimeUnit.SECONDS.toNanos(1) * groups / rate);
        ExecutorService threads = Executors.newFixedThreadPool(groups);
        try {
            List<Future<Long>> running = new ArrayList<>();
            for (int i = 0; i < groups; i++) {
                Properties member = new Properties();
                member.putAll(client);
                member.put("group.id", "commits-" + run + "-" + i);
                running.add(threads.submit(new Committer(member, topic, partitions, times, took)));
            }
            long failed = 0;
            for (Future<Long> one : running) {
                failed += one.get();
            }
            return failed;
        } finally {
            threads.shutdownNow();
        }
    }
}
