package io.braid.broker.cli;

import io.braid.controller.Command.MoveShards;
import io.braid.controller.Command.ShardMove;
import io.braid.controller.balance.BalancePlan;
import io.braid.controller.balance.BrokerLoad;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Option;

/** What commands that make a plan have in common: they print it, and carry it out unless it is a dry run. */
abstract class PlanCommand extends OperatorCommand {
    @Option(names = "--dry-run", description = "Only prints the plan.")
    private boolean dryRun;

    @Option(names = "--wait", description = "Waits until it is done, and prints how far it is.")
    private boolean wait;

    PlanCommand(Console console) {
        super(console);
    }

    boolean dryRun() {
        return dryRun;
    }

    int carryOut(OperatorClient client, ShardView view, BalancePlan plan) throws IOException, InterruptedException {
        for (ShardMove move : plan.moves()) {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("shard", move.shardId());
            line.put("from", view.image().shard(move.shardId()).orElseThrow().target());
            line.put("to", move.replicas());
            line.put("bytes", view.bytes(view.image().shard(move.shardId()).orElseThrow()));
            print(line);
        }
        new TreeMap<>(plan.after())
                .forEach((broker, after) -> print(broker(plan.before().get(broker), broker, after)));
        Map<String, Object> sum = new LinkedHashMap<>();
        sum.put("moves", plan.moves().size());
        sum.put("bytes-to-move", plan.bytesToMove());
        sum.put("lower-bound", plan.lowerBoundBytes());
        sum.put("dry-run", dryRun);
        print(sum);
        plan.stuck().forEach(this::problem);
        int code = plan.stuck().isEmpty() ? ExitCode.DONE : ExitCode.FAILED;
        if (dryRun || plan.moves().isEmpty()) {
            return code;
        }
        code = Math.max(code, failures(client.submit(new MoveShards(plan.moves()))));
        if (wait) {
            new MoveWatch(this)
                    .await(client, plan.moves().stream().map(ShardMove::shardId).toList());
        }
        return code;
    }

    private static Map<String, Object> broker(BrokerLoad before, int id, BrokerLoad after) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("broker", id);
        line.put("bytes", before.bytes());
        line.put("bytes-after", after.bytes());
        line.put("bytes-per-second", Math.round(before.bytesPerSecond()));
        line.put("bytes-per-second-after", Math.round(after.bytesPerSecond()));
        line.put("replicas", before.replicas());
        line.put("replicas-after", after.replicas());
        line.put("leads", before.preferred());
        line.put("leads-after", after.preferred());
        return line;
    }
}
