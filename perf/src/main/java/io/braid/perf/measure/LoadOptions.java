package io.braid.perf.measure;

import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Options that loads have in common; a picocli mixin. Each list of numbers means a run, and a result line, for each of them. */
public final class LoadOptions {
    @Option(names = "--bootstrap", paramLabel = "HOST:PORT,...", required = true, description = "Any brokers.")
    private String bootstrap;

    @Option(
            names = "--client",
            paramLabel = "kafka|braid",
            defaultValue = "kafka",
            description = "The library: kafka-clients, or Braid's own (default: ${DEFAULT-VALUE}).")
    private String client;

    @Option(
            names = "--broker",
            paramLabel = "NAME",
            description = "What result lines call the brokers. Default: braid or kafka, whichever answers.")
    private Optional<String> broker = Optional.empty();

    @Option(
            names = "--pid",
            paramLabel = "PID,...",
            split = ",",
            description = "Of the brokers' processes on this machine: their CPU, memory and descriptors are reported.")
    private List<Long> pids = List.of();

    @Option(names = "--size", defaultValue = "1024", description = "Bytes of a value (default: ${DEFAULT-VALUE}).")
    private int size;

    @Option(
            names = "--partitions",
            paramLabel = "N,...",
            split = ",",
            defaultValue = "16",
            description = "Partitions; a run for each number (default: ${DEFAULT-VALUE}).")
    private List<Integer> partitions;

    @Option(
            names = "--per-topic",
            paramLabel = "N",
            defaultValue = "0",
            description = "Partitions of a topic; 0 for all in one topic (default: ${DEFAULT-VALUE}). Apache Kafka"
                    + " refuses 10,000 in one.")
    private int perTopic;

    @Option(
            names = "--replicas",
            paramLabel = "N",
            defaultValue = "1",
            description = "Of each partition; min.insync.replicas is one less, but 1 at least (default:"
                    + " ${DEFAULT-VALUE}).")
    private int replicas;

    @Option(names = "--seconds", defaultValue = "15", description = "Measured (default: ${DEFAULT-VALUE}).")
    private int seconds;

    @Option(
            names = "--warm-up",
            paramLabel = "SECONDS",
            defaultValue = "5",
            description = "Before each measurement, with the same load (default: ${DEFAULT-VALUE}). Replicated brokers"
                    + " compile for 45 to 60 s.")
    private int warmUpSeconds;

    @Option(names = "--reps", paramLabel = "N", defaultValue = "1", description = "Times each (default: 1).")
    private int reps;

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "0",
            description = "Records a second, on a fixed schedule; 0 for as many as it can (default: ${DEFAULT-VALUE}).")
    private int rate;

    @Option(
            names = "--topic",
            paramLabel = "NAME",
            description = "Beginning of the topics' names. Default: perf and a number of this run.")
    private Optional<String> topic = Optional.empty();

    @Option(names = "--keep", description = "Does not delete the topics at the end.")
    private boolean keep;

    /**
     * Looks at all of them together.
     *
     * @throws ParameterException naming what is out of range
     */
    public void validate(CommandSpec command) {
        try {
            ClientKind.parse(client);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(command.commandLine(), e.getMessage(), e);
        }
        require(command, size >= RecordValues.LEAST_BYTES, "--size is at least " + RecordValues.LEAST_BYTES);
        require(command, partitions.stream().allMatch(n -> n >= 1), "--partitions are at least 1");
        require(command, perTopic >= 0 && replicas >= 1, "--per-topic is at least 0, --replicas 1");
        require(command, seconds >= 1 && warmUpSeconds >= 0, "--seconds is at least 1, --warm-up 0");
        require(command, reps >= 1 && rate >= 0, "--reps is at least 1, --rate 0");
    }

    private static void require(CommandSpec command, boolean good, String otherwise) {
        if (!good) {
            throw new ParameterException(command.commandLine(), otherwise);
        }
    }

    public String bootstrap() {
        return bootstrap;
    }

    public ClientKind client() {
        return ClientKind.parse(client);
    }

    /** Empty for what answers. */
    public Optional<String> broker() {
        return broker;
    }

    public List<Long> pids() {
        return pids;
    }

    public int size() {
        return size;
    }

    public List<Integer> partitions() {
        return partitions;
    }

    /** At most all of them. */
    public int perTopic(int partitionsOfAll) {
        return perTopic == 0 ? partitionsOfAll : Math.min(perTopic, partitionsOfAll);
    }

    public int replicas() {
        return replicas;
    }

    public int seconds() {
        return seconds;
    }

    public int warmUpSeconds() {
        return warmUpSeconds;
    }

    public int reps() {
        return reps;
    }

    /** Records a second; 0 for as many as it can. */
    public int rate() {
        return rate;
    }

    /** A load that is nothing without a rate takes this one if none was given; to be called before anything asks. */
    public void rateOtherwise(int recordsPerSecond) {
        rate = rate == 0 ? recordsPerSecond : rate;
    }

    public Optional<String> topic() {
        return topic;
    }

    public boolean keep() {
        return keep;
    }
}
