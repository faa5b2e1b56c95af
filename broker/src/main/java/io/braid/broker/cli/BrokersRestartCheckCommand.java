package io.braid.broker.cli;

import io.braid.broker.operate.RestartCheck;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Tells whether a broker may be stopped. */
@Command(
        name = "restart-check",
        description =
                "Tells whether a broker may be stopped now without anybody noticing, and if not, why. Exit code 0 or"
                        + " 1.",
        sortOptions = false)
final class BrokersRestartCheckCommand extends OperatorCommand {
    @Parameters(paramLabel = "ID", description = "Its id.")
    private int id;

    BrokersRestartCheckCommand(Console console) {
        super(console);
    }

    @Override
    int run(OperatorClient client) throws IOException, InterruptedException {
        List<RestartCheck.Reason> reasons = client.restartCheck(id);
        if (json()) {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("broker", id);
            line.put("safe", reasons.isEmpty());
            line.put(
                    "reasons",
                    reasons.stream()
                            .map(reason -> Map.of("kind", reason.kind(), "message", reason.message()))
                            .toList());
            print(line);
        } else if (reasons.isEmpty()) {
            text("broker " + id + " may be stopped");
        } else {
            reasons.forEach(reason -> text("broker " + id + " must not be stopped: " + reason.message()));
        }
        return reasons.isEmpty() ? ExitCode.DONE : ExitCode.FAILED;
    }
}
