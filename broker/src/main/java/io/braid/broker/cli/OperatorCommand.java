package io.braid.broker.cli;

import io.braid.controller.CommandResult;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Mixin;

/** What the commands of operators have in common. */
abstract class OperatorCommand implements Callable<Integer> {
    @Mixin
    private OperatorOptions options = new OperatorOptions();

    private final Console console;

    OperatorCommand(Console console) {
        this.console = console;
    }

    @Override
    public final Integer call() throws InterruptedException {
        check();
        return options.call(this::run);
    }

    /** Looks at the options before anybody is asked; throws a {@link CliException} when they make no sense. */
    void check() {}

    /** Does it; the exit code. */
    abstract int run(OperatorClient client) throws IOException, InterruptedException;

    boolean json() {
        return options.json();
    }

    void text(String line) {
        console.line(line);
    }

    /** Lets the reader see what was printed so far. */
    void flush() {
        console.flush();
    }

    void problem(String line) {
        console.error(line);
    }

    /** Prints one object. */
    void print(Map<String, Object> line) {
        console.line(
                options.json()
                        ? Json.of(line)
                        : line.entrySet().stream()
                                .map(entry -> entry.getKey() + "=" + plain(entry.getValue()))
                                .collect(Collectors.joining(" ")));
    }

    private static String plain(Object value) {
        return value instanceof List<?> list
                ? list.isEmpty() ? "-" : list.stream().map(String::valueOf).collect(Collectors.joining(","))
                : String.valueOf(value);
    }

    /** Prints what became of one broker. */
    void outcome(String what, int broker) {
        if (json()) {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("broker", broker);
            line.put("outcome", what);
            print(line);
        } else {
            text(what + " broker " + broker);
        }
    }

    /** Prints the items that failed; the exit code. */
    int failures(CommandResult result) {
        int code = ExitCode.DONE;
        for (CommandResult.Item item : result.items()) {
            if (!item.ok()) {
                problem(item.message());
                code = ExitCode.FAILED;
            }
        }
        return code;
    }
}
