package io.braid.perf.groups;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
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

    @Option(names = "--bootstrap", paramLabel = "HOST:PORT", required = true, description = "Any broker.")
    private String bootstrap;

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
        client.put("bootstrap.servers", bootstrap);
        client.put("enable.auto.commit", "false");
        Latencies all = new Latencies();
        long failed = 0;
        try (Admin admin = Admin.create(client)) {
            admin.createTopics(List.of(new NewTopic(topic, Optional.of(partitions), Optional.empty())))
                    .all()
                    .get(60, TimeUnit.SECONDS);
            for (Committer.Result result : commit(client, run, topic)) {
                all.addAll(result.took());
                failed += result.failed();
            }
            admin.deleteTopics(List.of(topic)).all().get(60, TimeUnit.SECONDS);
        }
        spec.commandLine().getOut().println(report(all, failed));
        spec.commandLine().getOut().flush();
        return failed == 0 && all.count() > 0 ? 0 : 1;
    }

    private List<Committer.Result> commit(Properties client, String run, String topic) throws Exception {
        long nowNs = System.nanoTime();
        long countFromNs = nowNs + TimeUnit.SECONDS.toNanos(warmUpSeconds);
        Committer.Times times = new Committer.Times(
                countFromNs,
                countFromNs + TimeUnit.SECONDS.toNanos(seconds),
                rate == 0 ? 0 : TimeUnit.SECONDS.toNanos(1) * groups / rate);
        ExecutorService threads = Executors.newFixedThreadPool(groups);
        try {
            List<Future<Committer.Result>> running = new ArrayList<>();
            for (int i = 0; i < groups; i++) {
                Properties member = new Properties();
                member.putAll(client);
                member.put("group.id", "commits-" + run + "-" + i);
                running.add(threads.submit(new Committer(member, topic, partitions, times)));
            }
            List<Committer.Result> results = new ArrayList<>();
            for (Future<Committer.Result> one : running) {
                results.add(one.get());
            }
            return results;
        } finally {
            threads.shutdownNow();
        }
    }

    private String report(Latencies all, long failed) {
        return String.format(
                Locale.ROOT,
                "groups=%d offsets-a-commit=%d commits=%d commits-a-second=%.0f p50-ms=%.2f p99-ms=%.2f p99.9-ms=%.2f failed=%d",
                groups,
                partitions,
                all.count(),
                (double) all.count() / seconds,
                all.percentileMs(50),
                all.percentileMs(99),
                all.percentileMs(99.9),
                failed);
    }
}
