package io.braid.perf.nodes;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Options of tools that start nodes of either broker; a picocli mixin. */
public final class NodeOptions {

    @Option(
            names = "--broker",
            paramLabel = "braid|kafka",
            defaultValue = "braid",
            description = "Which broker the nodes run (default: ${DEFAULT-VALUE}).")
    private String broker;

    @Option(
            names = "--kafka-home",
            paramLabel = "DIR",
            description = "Apache Kafka: a distribution, or a directory of its jars; perf/compare.sh --fetch prints one.")
    private Optional<Path> kafkaHome = Optional.empty();

    @Option(
            names = "--heap",
            paramLabel = "SIZE",
            defaultValue = "1g",
            description = "Heap of a node, all of it from the start (default: ${DEFAULT-VALUE}).")
    private String heap;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "A configuration key of every node. Can be given several times.")
    private Map<String, String> settings = new LinkedHashMap<>();

    /**
     * Looks at all of them together.
     *
     * @throws ParameterException naming what is missing
     */
    public void validate(CommandSpec command) {
        if (Stream.of("braid", "kafka").noneMatch(broker::equals)) {
            throw new ParameterException(command.commandLine(), "--broker is braid or kafka");
        }
        if (isKafka() && kafkaHome.isEmpty()) {
            throw new ParameterException(command.commandLine(), "--broker kafka needs --kafka-home");
        }
    }

    /** As result lines have it. */
    public String broker() {
        return broker;
    }

    public String heap() {
        return heap;
    }

    private boolean isKafka() {
        return broker.equals("kafka");
    }

    /** What every node is started with, for result lines. */
    public List<String> settings() {
        List<String> all = new ArrayList<>(List.of("heap=" + heap));
        settings.forEach((key, value) -> all.add(key + "=" + value));
        return all;
    }

    /**
     * Nodes that do not run yet, on free ports.
     *
     * @param directory for their data and output
     */
    public LocalCluster cluster(Path directory, int nodes) throws IOException, InterruptedException {
        return isKafka()
                ? KafkaNodes.cluster(
                        new KafkaNodes.Setup(kafkaHome.orElseThrow(), directory, nodes, heap, settings))
                : BraidNodes.cluster(new BraidNodes.Setup(BraidNodes.command(), directory, nodes, heap, settings));
    }
}
