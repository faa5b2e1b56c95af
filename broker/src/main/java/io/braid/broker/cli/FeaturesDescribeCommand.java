package io.braid.broker.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.FeatureMetadata;
import org.apache.kafka.clients.admin.FinalizedVersionRange;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Describes features. */
@Command(
        name = "describe",
        description = "Prints the level that is in force, and those that the asked broker's release supports.",
        sortOptions = false)
final class FeaturesDescribeCommand implements Callable<Integer> {
    @Mixin
    private ClientOptions options = new ClientOptions();

    private final Console console;

    FeaturesDescribeCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws InterruptedException, ExecutionException {
        try (TopicsClient client = TopicsClient.connect(console, options)) {
            FeatureMetadata features =
                    client.admin().describeFeatures().featureMetadata().get();
            new TreeMap<>(features.supportedFeatures()).forEach((name, range) -> {
                FinalizedVersionRange now = features.finalizedFeatures().get(name);
                Map<String, Object> line = new LinkedHashMap<>();
                line.put("feature", name);
                line.put("level", now == null ? 0 : now.maxVersionLevel());
                line.put("min", range.minVersion());
                line.put("max", range.maxVersion());
                console.line(
                        options.json()
                                ? Json.of(line)
                                : line.entrySet().stream().map(Object::toString).collect(Collectors.joining(" ")));
            });
            return ExitCode.DONE;
        }
    }
}
