package io.braid.broker.cli;

import io.braid.broker.operate.DescribeShardsResponse.PoolTopics;
import io.braid.controller.Command.AlterPool;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.common.config.ConfigResource;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Changes a topic. */
@Command(
        name = "alter",
        description = "Adds partitions or replicas to a topic, or changes its settings.",
        sortOptions = false)
final class TopicsAlterCommand implements Callable<Integer> {

    @Parameters(paramLabel = "TOPIC", description = "Its name.")
    private String name = "";

    @Option(names = "--partitions", paramLabel = "N", description = "New number of partitions, more than there are.")
    private Optional<Integer> partitions = Optional.empty();

    @Option(
            names = "--replication-factor",
            paramLabel = "N",
            description = "New number of replicas, more than there are, of the topic's pool: of all topics in it.")
    private Optional<Integer> replicationFactor = Optional.empty();

    @Option(
            names = "--unclean-election",
            arity = "1",
            paramLabel = "true|false",
            description =
                    "Whether a replica that is not in sync may lead where no other can, in the topic's pool: for all"
                            + " topics in it. Acknowledged records may be lost then.")
    private Optional<Boolean> uncleanElection = Optional.empty();

    @Option(names = "--config", paramLabel = "KEY=VALUE", description = "Sets a setting.")
    private Map<String, String> configs = new LinkedHashMap<>();

    @Option(names = "--delete-config", paramLabel = "KEY", description = "Puts a setting back to its default.")
    private List<String> deleted = new ArrayList<>();

    @Mixin
    private ClientOptions options = new ClientOptions();

    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(15);

    private final Console console;

    TopicsAlterCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws InterruptedException {
        if (partitions.isEmpty() && configs.isEmpty() && deleted.isEmpty() && !altersPool()) {
            throw CliException.usage("nothing to alter: give --partitions, --replication-factor, --unclean-election,"
                    + " --config or --delete-config");
        }
        try (TopicsClient client = TopicsClient.connect(console, options)) {
            boolean altered = alterConfigs(client) && alterPartitions(client) && alterPool();
            if (altered) {
                Map<String, Object> line = new LinkedHashMap<>();
                line.put("topic", name);
                line.put("outcome", "altered");
                console.line(options.json() ? Json.of(line) : "altered " + name);
            }
            return client.exitCode();
        }
    }

    private boolean alterConfigs(TopicsClient client) throws InterruptedException {
        List<AlterConfigOp> operations = new ArrayList<>();
        configs.forEach((key, value) ->
                operations.add(new AlterConfigOp(new ConfigEntry(key, value), AlterConfigOp.OpType.SET)));
        deleted.forEach(
                key -> operations.add(new AlterConfigOp(new ConfigEntry(key, ""), AlterConfigOp.OpType.DELETE)));
        if (operations.isEmpty()) {
            return true;
        }
        ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, name);
        return client.succeeded(
                name,
                client.admin()
                        .incrementalAlterConfigs(Map.of(topic, operations))
                        .all());
    }

    private boolean altersPool() {
        return replicationFactor.isPresent() || uncleanElection.isPresent();
    }

    private boolean alterPool() throws InterruptedException {
        if (altersPool()) {
            try (OperatorClient operator = OperatorClient.connect(options.brokers(), ANSWER_TIMEOUT)) {
                for (PoolTopics pool : operator.describe(name).topics()) {
                    operator.submit(new AlterPool(pool.poolId(), replicationFactor.orElse(0), uncleanElection));
                    tellOthers(pool);
                }
            } catch (IOException e) {
                throw CliException.failed("topic " + name + ": " + e.getMessage(), e);
            }
        }
        return true;
    }

    /** Topics share the shards of a pool, and so what is altered of it. */
    private void tellOthers(PoolTopics pool) {
        List<String> others =
                pool.names().stream().filter(other -> !other.equals(name)).toList();
        String more = pool.count() - 1 > others.size() ? ", ..." : "";
        List<String> altered = new ArrayList<>();
        replicationFactor.ifPresent(factor -> altered.add("replication factor " + factor));
        uncleanElection.ifPresent(unclean -> altered.add("unclean election " + (unclean ? "on" : "off")));
        String line = "pool " + pool.poolId() + " has " + String.join(" and ", altered) + " now, with "
                + (pool.count() - 1) + " other topics" + (others.isEmpty() ? "" : ": " + String.join(", ", others))
                + more;
        if (options.json()) {
            Map<String, Object> told = new LinkedHashMap<>();
            told.put("pool", pool.poolId());
            replicationFactor.ifPresent(factor -> told.put("replication-factor", factor));
            uncleanElection.ifPresent(unclean -> told.put("unclean-election", unclean));
            told.put("other-topics", pool.count() - 1);
            told.put("names", others);
            console.line(Json.of(told));
        } else {
            console.line(line);
        }
    }

    private boolean alterPartitions(TopicsClient client) throws InterruptedException {
        return partitions.isEmpty()
                || client.succeeded(
                        name,
                        client.admin()
                                .createPartitions(Map.of(name, NewPartitions.increaseTo(partitions.get())))
                                .all());
    }
}
