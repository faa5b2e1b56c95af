package io.braid.broker.cli;

import io.braid.broker.config.ReplicationKeys;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.config.ConfigResource;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows and sets how much brokers copy. */
@Command(
        name = "throttle",
        description = {
            "Shows how much brokers copy, and sets it, while they run: bytes a second of all that a broker catches up with,"
                    + " and how many shards that moves bring to it it copies at a time.",
            "Without options it only shows what each running broker has."
        },
        sortOptions = false)
final class ShardsThrottleCommand implements Callable<Integer> {
    private static final String RATE = ReplicationKeys.CATCH_UP_BYTES_PER_SECOND.name();
    private static final String AT_ONCE = ReplicationKeys.MOVE_MAX_CONCURRENT.name();

    @Option(names = "--rate", paramLabel = "BYTES", description = "Bytes a second.")
    private Optional<Long> rate = Optional.empty();

    @Option(names = "--at-once", paramLabel = "N", description = "Shards at a time.")
    private Optional<Integer> atOnce = Optional.empty();

    @Option(names = "--reset", description = "Puts both back to what the brokers' files say.")
    private boolean reset;

    @Option(
            names = "--broker",
            paramLabel = "ID",
            description = "This broker alone. Default: all of them, whatever was set for one.")
    private Optional<Integer> broker = Optional.empty();

    @Mixin
    private ClientOptions options = new ClientOptions();

    private final Console console;

    ShardsThrottleCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws InterruptedException {
        List<AlterConfigOp> operations = operations();
        if (reset && (rate.isPresent() || atOnce.isPresent())) {
            throw CliException.usage("--reset goes with neither --rate nor --at-once");
        }
        try (TopicsClient client = TopicsClient.connect(console, options)) {
            List<Integer> running = running(client);
            if (!operations.isEmpty()) {
                Map<ConfigResource, Collection<AlterConfigOp>> changes = new HashMap<>();
                changes.put(resource(broker.map(String::valueOf).orElse("")), operations);
                if (broker.isEmpty()) {
                    // What was set for one broker is stronger than what is set for all.
                    running.forEach(id -> changes.put(resource(Integer.toString(id)), unset(operations)));
                }
                client.admin().incrementalAlterConfigs(changes).all().get();
            }
            show(client, running);
            return ExitCode.DONE;
        } catch (ExecutionException e) {
            throw CliException.failed(Failure.oneLine(e), e);
        }
    }

    private List<AlterConfigOp> operations() {
        List<AlterConfigOp> operations = new ArrayList<>();
        rate.ifPresent(value -> operations.add(set(RATE, value)));
        atOnce.ifPresent(value -> operations.add(set(AT_ONCE, value)));
        if (reset) {
            operations.add(unset(RATE));
            operations.add(unset(AT_ONCE));
        }
        return operations;
    }

    private static List<AlterConfigOp> unset(List<AlterConfigOp> operations) {
        return operations.stream()
                .map(operation -> unset(operation.configEntry().name()))
                .toList();
    }

    private static AlterConfigOp unset(String key) {
        return new AlterConfigOp(new ConfigEntry(key, ""), AlterConfigOp.OpType.DELETE);
    }

    private List<Integer> running(TopicsClient client) throws InterruptedException, ExecutionException {
        List<Integer> running = client.admin().describeCluster().nodes().get().stream()
                .map(Node::id)
                .filter(id -> broker.isEmpty() || broker.get().equals(id))
                .sorted()
                .toList();
        if (running.isEmpty()) {
            throw CliException.failed("broker " + broker.orElseThrow() + " does not run");
        }
        return running;
    }

    private static AlterConfigOp set(String key, Number value) {
        return new AlterConfigOp(new ConfigEntry(key, value.toString()), AlterConfigOp.OpType.SET);
    }

    /** A broker answers for itself, and takes a change in with the next metadata: what is printed may be a moment old. */
    private void show(TopicsClient client, List<Integer> running) throws InterruptedException, ExecutionException {
        List<ConfigResource> resources =
                running.stream().map(id -> resource(Integer.toString(id))).toList();
        Map<ConfigResource, Config> configs =
                client.admin().describeConfigs(resources).all().get();
        for (ConfigResource resource : resources) {
            Config config = configs.get(resource);
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("broker", Integer.parseInt(resource.name()));
            line.put("bytes-per-second", Long.parseLong(config.get(RATE).value()));
            line.put("at-once", Integer.parseInt(config.get(AT_ONCE).value()));
            console.line(
                    options.json()
                            ? Json.of(line)
                            : "broker=" + line.get("broker") + " bytes-per-second=" + text(config.get(RATE))
                                    + " at-once=" + text(config.get(AT_ONCE)));
        }
    }

    private static String text(ConfigEntry entry) {
        return entry.value().equals(Long.toString(Long.MAX_VALUE)) ? "unlimited" : entry.value();
    }

    private static ConfigResource resource(String name) {
        return new ConfigResource(ConfigResource.Type.BROKER, name);
    }
}
