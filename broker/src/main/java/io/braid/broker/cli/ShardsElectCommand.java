package io.braid.broker.cli;

import io.braid.controller.Command.ElectLeaders;
import io.braid.controller.Command.Election;
import io.braid.controller.CommandResult;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.protocol.Errors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Elects leaders. */
@Command(
        name = "elect",
        description = {
            "Gives shards to their preferred leaders.",
            "With --unclean: gives shards that nobody leads to a replica that runs, in sync or not. What it does not have is"
                    + " lost, acknowledged or not: only when those that were in sync last will not come back."
        },
        sortOptions = false)
final class ShardsElectCommand extends OperatorCommand {
    @Parameters(paramLabel = "SHARD", arity = "0..*", description = "Ids, as shards list prints them.")
    private List<Integer> ids = new ArrayList<>();

    @Option(names = "--all", description = "All shards that need it.")
    private boolean all;

    @Option(names = "--unclean", description = "Elects replicas that are not in sync where nobody leads.")
    private boolean unclean;

    ShardsElectCommand(Console console) {
        super(console);
    }

    @Override
    void check() {
        if (ids.isEmpty() != all) {
            throw CliException.usage("give shards, or --all");
        }
    }

    @Override
    int run(OperatorClient client) throws IOException, InterruptedException {
        CommandResult result = client.submit(new ElectLeaders(unclean ? Election.UNCLEAN : Election.PREFERRED, ids));
        int code = ExitCode.DONE;
        for (CommandResult.Item item : result.items()) {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("shard", Integer.parseInt(item.name()));
            line.put("outcome", item.ok() ? "elected" : needed(item) ? "refused" : "not-needed");
            print(line);
            if (!item.ok() && needed(item)) {
                problem(item.message());
                code = ExitCode.FAILED;
            }
        }
        return code;
    }

    private static boolean needed(CommandResult.Item item) {
        return item.error() != Errors.ELECTION_NOT_NEEDED;
    }
}
