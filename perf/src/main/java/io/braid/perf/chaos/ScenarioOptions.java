package io.braid.perf.chaos;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Which scenario, and with what. */
final class ScenarioOptions {
    static final String CHAOS = "chaos";
    static final String ROLLING = "rolling";
    static final String GROW = "grow";
    static final List<String> ALL = List.of(CHAOS, ROLLING, GROW);

    @Option(
            names = "--scenario",
            paramLabel = "NAME",
            defaultValue = CHAOS,
            description =
                    "chaos; rolling: all nodes are restarted in order, one after the other, and neither producers nor"
                            + " consumers may see an error; grow: a fourth broker joins three and gets its share (default:"
                            + " ${DEFAULT-VALUE}).")
    String scenario;

    @Option(
            names = "--beside-kafka",
            paramLabel = "DIR",
            description =
                    "rolling: then the same with nodes of Apache Kafka, from this distribution or directory of jars.")
    Path besideKafka;

    @Option(
            names = "--kafka-home",
            paramLabel = "DIR",
            description =
                    "With nodes of Apache Kafka instead, from this distribution or directory of jars; of the faults"
                            + " those of processes and elections.")
    Optional<Path> kafkaHome = Optional.empty();

    @Option(
            names = "--bootstrap",
            paramLabel = "HOST:PORT,...",
            description = "rolling: with a cluster that runs already; needs the next two.")
    String bootstrap;

    @Option(
            names = "--stop-command",
            paramLabel = "CMD",
            description = "Stops a node of it and waits for its end; {} is its number, 1 to --nodes.")
    String stopCommand;

    @Option(names = "--start-command", paramLabel = "CMD", description = "Starts it again and waits until it serves.")
    String startCommand;

    @Option(
            names = "--fill-seconds",
            paramLabel = "N",
            defaultValue = "60",
            description = "grow: writing before anything is measured (default: ${DEFAULT-VALUE}).")
    int fillSeconds;

    @Option(
            names = "--calm-seconds",
            paramLabel = "N",
            defaultValue = "30",
            description = "grow: each phase without moves (default: ${DEFAULT-VALUE}).")
    int calmSeconds;

    @Option(
            names = "--record-bytes",
            paramLabel = "N",
            defaultValue = "1000",
            description = "grow: mean size of most records (default: ${DEFAULT-VALUE}).")
    int recordBytes;

    @Option(
            names = "--copy-rate",
            paramLabel = "BYTES",
            defaultValue = "20000000",
            description = "grow: bytes a second that the new broker copies at most (default: ${DEFAULT-VALUE}).")
    long copyRate;
}
