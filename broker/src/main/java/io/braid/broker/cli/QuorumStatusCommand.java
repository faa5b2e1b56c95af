package io.braid.broker.cli;

import io.braid.image.ControllerImage;
import io.braid.quorum.QuorumInfo;
import io.braid.quorum.message.QuorumStatusResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Shows the quorum. */
@Command(
        name = "status",
        description =
                "Prints who leads, who votes and how far each is, which controllers are expected, and the brokers.",
        sortOptions = false)
final class QuorumStatusCommand implements Callable<Integer> {

    @Mixin
    private QuorumOptions options = new QuorumOptions();

    private final Console console;

    QuorumStatusCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws InterruptedException {
        QuorumStatusResponse status = options.call(client -> client.status());
        Map<String, Object> quorum = quorum(status);
        List<Map<String, Object>> voters =
                status.info().voters().stream().map(v -> voter(status, v)).toList();
        List<Map<String, Object>> expected = status.controllers().stream()
                .filter(c -> !votes(status.info(), c))
                .map(QuorumStatusCommand::expected)
                .toList();
        List<Map<String, Object>> brokers = new ArrayList<>();
        for (QuorumInfo.ObserverInfo broker : status.info().observers()) {
            brokers.add(broker(broker));
        }
        if (options.json()) {
            quorum.put("voters", voters);
            quorum.put("expected", expected);
            quorum.put("brokers", brokers);
            console.line(Json.of(quorum));
        } else {
            console.line(text(quorum));
            voters.forEach(voter -> console.line("  voter " + text(voter)));
            expected.forEach(controller -> console.line("  expected " + text(controller)));
            brokers.forEach(broker -> console.line("  broker " + text(broker)));
        }
        return status.info().leaderId() < 0 ? ExitCode.FAILED : ExitCode.DONE;
    }

    private static Map<String, Object> quorum(QuorumStatusResponse status) {
        Map<String, Object> quorum = new LinkedHashMap<>();
        quorum.put("cluster", status.member().clusterId());
        quorum.put("leader", status.info().leaderId());
        quorum.put("epoch", status.info().leaderEpoch());
        quorum.put("commit", status.info().commitIndex());
        quorum.put("metadata-version", status.member().version());
        quorum.put("asked", status.member().nodeId());
        return quorum;
    }

    private static Map<String, Object> voter(QuorumStatusResponse status, QuorumInfo.VoterInfo voter) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("id", voter.nodeId());
        line.put("generation", voter.generation());
        line.put("raft", voter.host() + ":" + voter.port());
        line.put("log-end", voter.logEndIndex());
        line.put(
                "lag",
                voter.logEndIndex() < 0 ? -1 : Math.max(0, status.info().commitIndex() + 1 - voter.logEndIndex()));
        line.put("silent-ms", voter.silentMs());
        return line;
    }

    private static Map<String, Object> expected(ControllerImage controller) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("id", controller.nodeId());
        line.put("generation", controller.generation());
        line.put("controller", controller.host() + ":" + controller.controllerPort());
        line.put("raft", controller.host() + ":" + controller.raftPort());
        line.put("joined", controller.joined());
        return line;
    }

    private static Map<String, Object> broker(QuorumInfo.ObserverInfo broker) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("id", broker.nodeId());
        line.put("log-end", broker.logEndIndex());
        line.put("silent-ms", broker.silentMs());
        return line;
    }

    private static boolean votes(QuorumInfo info, ControllerImage controller) {
        return info.voters().stream()
                .anyMatch(v -> v.nodeId() == controller.nodeId() && v.generation() == controller.generation());
    }

    private static String text(Map<String, Object> values) {
        return values.entrySet().stream().map(Object::toString).collect(Collectors.joining(" "));
    }
}
