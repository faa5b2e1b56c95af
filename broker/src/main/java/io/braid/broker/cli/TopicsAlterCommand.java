package io.braid.broker.cli;

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
@Command(name = "alter", description = "Adds partitions to a topic, or changes its settings.", sortOptions = false)
final class TopicsAlterCommand implements Callable<Integer> {

    @Parameters(paramLabel = "TOPIC", description = "Its name.")
    private String name = "";

    @Option(names = "--partitions", paramLabel = "N", description = "New number of partitions, more than there are.")
    private Optional<Integer> partitions = Optional.empty();

    @Option(names = "--config", paramLabel = "KEY=VALUE", description = "Sets a setting.")
    private Map<String, String> configs = new LinkedHashMap<>();

    @Option(names = "--delete-config", paramLabel = "KEY", description = "Puts a setting back to its default.")
    private List<String> deleted = new ArrayList<>();

    @Mixin
    private ClientOptions options = new ClientOptions();

    private final Console console;

    TopicsAlterCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws InterruptedException {
        if (partitions.isEmpty() && configs.isEmpty() && deleted.isEmpty()) {
            throw CliException.usage("nothing to alter: give --partitions, --config or --delete-config");
        }
        try (TopicsClient client = TopicsClient.connect(console, options)) {
            boolean altered = alterConfigs(client) && alterPartitions(client);
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

    private boolean alterPartitions(TopicsClient client) throws InterruptedException {
        return partitions.isEmpty()
                || client.succeeded(
                        name,
                        client.admin()
                                .createPartitions(Map.of(name, NewPartitions.increaseTo(partitions.get())))
                                .all());
    }
}
