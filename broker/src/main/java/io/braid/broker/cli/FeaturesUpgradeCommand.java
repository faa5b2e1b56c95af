package io.braid.broker.cli;

import io.braid.controller.MetadataVersion;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.FeatureUpdate;
import org.apache.kafka.clients.admin.UpdateFeaturesOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Raises the level of the metadata. */
@Command(
        name = "upgrade",
        description = "Raises metadata.version, once every node runs a release that supports the level. It cannot be"
                + " lowered again.",
        sortOptions = false)
final class FeaturesUpgradeCommand implements Callable<Integer> {
    @Option(
            names = "--level",
            paramLabel = "N",
            description = "The level. Default: the newest that the asked broker supports.")
    private Optional<Short> level = Optional.empty();

    @Option(names = "--dry-run", description = "Only tells whether it could be raised.")
    private boolean dryRun;

    @Mixin
    private ClientOptions options = new ClientOptions();

    private final Console console;

    FeaturesUpgradeCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws InterruptedException, ExecutionException {
        try (TopicsClient client = TopicsClient.connect(console, options)) {
            short to = level.isPresent() ? level.get() : newest(client);
            FeatureUpdate update = new FeatureUpdate(to, FeatureUpdate.UpgradeType.UPGRADE);
            client.admin()
                    .updateFeatures(
                            Map.of(MetadataVersion.FEATURE, update), new UpdateFeaturesOptions().validateOnly(dryRun))
                    .all()
                    .get();
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("feature", MetadataVersion.FEATURE);
            line.put("level", to);
            line.put("dry-run", dryRun);
            console.line(
                    options.json()
                            ? Json.of(line)
                            : MetadataVersion.FEATURE + (dryRun ? " can be raised to " : " is ") + to);
            return ExitCode.DONE;
        }
    }

    private static short newest(TopicsClient client) throws InterruptedException, ExecutionException {
        return client.admin()
                .describeFeatures()
                .featureMetadata()
                .get()
                .supportedFeatures()
                .get(MetadataVersion.FEATURE)
                .maxVersion();
    }
}
