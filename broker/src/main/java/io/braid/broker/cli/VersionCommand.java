package io.braid.broker.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Says what this is. */
@Command(name = "version", description = "Prints the version of Braid, of the Kafka protocol library, and of Java.")
final class VersionCommand implements Callable<Integer> {

    @Option(names = "--json", description = "Prints one JSON object.")
    private boolean json;

    private final Console console;

    VersionCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        Properties build = build();
        Map<String, Object> version = new LinkedHashMap<>();
        version.put("braid", build.getProperty("version"));
        version.put("kafka-clients", build.getProperty("kafka-clients"));
        version.put("java", Runtime.version().toString());
        if (json) {
            console.line(Json.of(version));
        } else {
            console.line("braid " + version.get("braid") + " kafka-clients=" + version.get("kafka-clients") + " java="
                    + version.get("java"));
        }
        return ExitCode.DONE;
    }

    private static Properties build() {
        Properties properties = new Properties();
        try (InputStream in = VersionCommand.class.getResourceAsStream("/io/braid/broker/build.properties")) {
            properties.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties;
    }
}
