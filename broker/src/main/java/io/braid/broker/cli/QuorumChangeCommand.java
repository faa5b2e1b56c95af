package io.braid.broker.cli;

import io.braid.broker.config.QuorumVoter;
import io.braid.quorum.message.AlterQuorumRequest;
import io.braid.quorum.message.AlterQuorumResponse;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** What the three commands that change the quorum have in common: one request, one line. */
abstract class QuorumChangeCommand implements Callable<Integer> {

    @Mixin
    private QuorumOptions options = new QuorumOptions();

    private final Console console;

    QuorumChangeCommand(Console console) {
        this.console = console;
    }

    int change(AlterQuorumRequest request, String outcome, String next) throws InterruptedException {
        AlterQuorumResponse answer = options.call(client -> client.alter(request));
        if (options.json()) {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("controller", request.nodeId());
            line.put("outcome", outcome);
            line.put("generation", answer.generation());
            console.line(Json.of(line));
        } else {
            console.line(outcome + " controller " + request.nodeId() + next);
        }
        return ExitCode.DONE;
    }

    /** {@code id@host:port} or {@code id@host:port:raft-port}. */
    static QuorumVoter address(String text) {
        try {
            return QuorumVoter.parse(text);
        } catch (IllegalArgumentException e) {
            throw CliException.usage("must be ID@HOST:PORT or ID@HOST:PORT:RAFT-PORT, not " + text);
        }
    }

    static int id(String text) {
        try {
            int id = Integer.parseInt(text);
            if (id >= 0) {
                return id;
            }
        } catch (NumberFormatException e) {
            // the message below says what is allowed
        }
        throw CliException.usage("must be a node id, not " + text);
    }

    /** Adds a controller. */
    @Command(
            name = "add",
            description = "Makes a node a controller. Then start it with an empty metadata directory and itself in"
                    + " controller.quorum.voters.",
            sortOptions = false)
    static final class Add extends QuorumChangeCommand {

        @Parameters(paramLabel = "ID@HOST:PORT[:RAFT-PORT]", description = "As in controller.quorum.voters.")
        private String controller;

        Add(Console console) {
            super(console);
        }

        @Override
        public Integer call() throws InterruptedException {
            QuorumVoter voter = address(controller);
            return change(
                    AlterQuorumRequest.add(voter.id(), voter.host(), voter.controllerPort(), voter.raftPort()),
                    "added",
                    ": start it now");
        }
    }

    /** Removes a controller. */
    @Command(
            name = "remove",
            description = "Takes a controller out of the quorum, whether it runs or not.",
            sortOptions = false)
    static final class Remove extends QuorumChangeCommand {

        @Parameters(paramLabel = "ID", description = "Its node id.")
        private String controller;

        Remove(Console console) {
            super(console);
        }

        @Override
        public Integer call() throws InterruptedException {
            return change(AlterQuorumRequest.remove(id(controller)), "removed", "");
        }
    }

    /** Replaces a controller. */
    @Command(
            name = "replace",
            description = "Lets a controller that lost its disk come back with an empty metadata directory, here or at"
                    + " another address. It must not be running.",
            sortOptions = false)
    static final class Replace extends QuorumChangeCommand {

        @Parameters(
                paramLabel = "ID[@HOST:PORT[:RAFT-PORT]]",
                description = "Its node id, with its address if that is another now.")
        private String controller;

        Replace(Console console) {
            super(console);
        }

        @Override
        public Integer call() throws InterruptedException {
            AlterQuorumRequest request;
            if (controller.contains("@")) {
                QuorumVoter voter = address(controller);
                request =
                        AlterQuorumRequest.replace(voter.id(), voter.host(), voter.controllerPort(), voter.raftPort());
            } else {
                request = AlterQuorumRequest.replace(id(controller));
            }
            return change(request, "replaced", ": start it now");
        }
    }
}
