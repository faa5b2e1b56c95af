package io.braid.perf.load;

import io.braid.perf.measure.LoadOptions;
import io.braid.perf.measure.ProducerSettings;
import io.braid.perf.measure.ResultLine;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** How the producer of a load is to be; a picocli mixin. */
final class ProducerOptions {
    private static final Set<String> CODECS = Set.of("none", "gzip", "snappy", "lz4", "zstd");
    private static final int LINGER_MS = 5;

    @Option(
            names = "--batch",
            paramLabel = "BYTES",
            defaultValue = "131072",
            description = "Largest batch (default: ${DEFAULT-VALUE}).")
    private int batchBytes;

    @Option(
            names = "--linger",
            paramLabel = "MS",
            description = "How long a batch may wait to become fuller. Default: 5, and 0 with --rate.")
    private Optional<Integer> lingerMs = Optional.empty();

    @Option(
            names = "--compression",
            paramLabel = "CODEC",
            defaultValue = "none",
            description = "none, gzip, snappy, lz4 or zstd (default: ${DEFAULT-VALUE}).")
    private String compression;

    @Option(
            names = "--acks",
            defaultValue = "all",
            description = "all, 1 or 0; Braid's client knows all only (default: ${DEFAULT-VALUE}).")
    private String acks;

    @Option(
            names = "--buffer",
            paramLabel = "BYTES",
            defaultValue = "67108864",
            description = "The producer's memory for records (default: ${DEFAULT-VALUE}, 64 MiB).")
    private long bufferBytes;

    @Option(
            names = "--producer",
            paramLabel = "KEY=VALUE",
            description = "A setting of kafka-clients; can be given several times.")
    private Map<String, String> kafkaSettings = new LinkedHashMap<>();

    /** @throws ParameterException naming what is out of range */
    void validate(CommandSpec command) {
        if (batchBytes < 1024 || bufferBytes < 2L * batchBytes || lingerMs.orElse(0) < 0) {
            throw new ParameterException(
                    command.commandLine(), "--batch is at least 1024, --buffer twice that, --linger 0");
        }
        if (!CODECS.contains(compression)) {
            throw new ParameterException(command.commandLine(), "--compression is one of " + CODECS);
        }
    }

    long bufferBytes() {
        return bufferBytes;
    }

    ProducerSettings settings(LoadOptions load) {
        ProducerSettings base = ProducerSettings.of(load.bootstrap());
        return new ProducerSettings(
                base.bootstrap(),
                base.clientId(),
                batchBytes,
                lingerMs(load),
                compression,
                bufferBytes,
                acks,
                base.deliveryTimeout(),
                Duration.ofMinutes(1),
                kafkaSettings);
    }

    private int lingerMs(LoadOptions load) {
        return lingerMs.orElse(load.rate() > 0 ? 0 : LINGER_MS);
    }

    void putInto(ResultLine line, LoadOptions load) {
        line.put("acks", acks)
                .put("batchBytes", batchBytes)
                .put("lingerMs", lingerMs(load))
                .put("compression", compression)
                .put("bufferBytes", bufferBytes);
        if (!kafkaSettings.isEmpty()) {
            line.put("producerSettings", kafkaSettings.toString());
        }
    }
}
