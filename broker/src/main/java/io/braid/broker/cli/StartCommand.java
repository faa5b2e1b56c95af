package io.braid.broker.cli;

import io.braid.broker.config.ConfigException;
import io.braid.broker.config.ConfigProblem;
import io.braid.broker.config.NodeConfig;
import io.braid.broker.config.NodeConfigSources;
import io.braid.broker.config.NodeKeys;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs a node in the foreground until it is told to stop. */
@Command(
        name = "start",
        description =
                "Starts a node in the foreground. SIGTERM and Ctrl-C stop it in order; a second one stops it at once.",
        sortOptions = false)
final class StartCommand implements Callable<Integer> {

    @Option(names = "--config", paramLabel = "FILE", description = "Properties file; its keys: docs/configuration.md.")
    private Path file;

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "Sets a key; wins over the file.")
    private Map<String, String> settings = new LinkedHashMap<>();

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Directory of the data; short for --set log.dirs=DIR. Default: ./braid-data.")
    private String data;

    private final Console console;
    private final NodeLauncher launcher;

    StartCommand(Console console, NodeLauncher launcher) {
        this.console = console;
        this.launcher = launcher;
    }

    @Override
    public Integer call() throws InterruptedException {
        NodeConfig config = config();
        if (config == null) {
            return ExitCode.USAGE;
        }
        AtomicBoolean told = new AtomicBoolean();
        Thread main = Thread.currentThread();
        StopSignals.onStop(() -> {
            told.set(true);
            main.interrupt();
        });
        try (NodeLauncher.Running node = launcher.start(config)) {
            console.line(node.readyLine(ManagementFactory.getRuntimeMXBean().getStartTime()));
            console.flush();
            Optional<String> reason = node.awaitStopped();
            if (reason.isPresent()) {
                throw CliException.failed("the node had to stop: " + reason.get());
            }
        } catch (InterruptedException | CliException e) {
            if (!told.get()) {
                throw e;
            }
        }
        return ExitCode.DONE;
    }

    /** The configuration; null when it has problems, which are printed. */
    private NodeConfig config() {
        NodeConfigSources sources = new NodeConfigSources();
        try {
            if (file != null) {
                sources.file(file);
            }
        } catch (IOException e) {
            throw CliException.usage(e.getMessage());
        }
        if (data != null && settings.putIfAbsent(NodeKeys.LOG_DIRS.name(), data) != null) {
            throw CliException.usage("give --data or --set log.dirs, not both");
        }
        sources.environment(System.getenv()).settings(settings);
        try {
            return sources.parse();
        } catch (ConfigException e) {
            for (ConfigProblem problem : e.problems()) {
                console.error(problem.message());
            }
            return null;
        }
    }
}
