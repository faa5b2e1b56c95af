package io.braid.broker.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Deletes groups. */
@Command(
        name = "delete",
        description = "Deletes groups without members, with their committed offsets.",
        sortOptions = false)
final class GroupsDeleteCommand implements Callable<Integer> {

    @Parameters(paramLabel = "GROUP", arity = "1..*", description = "Their ids.")
    private List<String> names = new ArrayList<>();

    @Option(names = "--if-exists", description = "A group that does not exist is no failure.")
    private boolean ifExists;

    @Mixin
    private ClientOptions options = new ClientOptions();

    private final Console console;

    GroupsDeleteCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws InterruptedException {
        Set<String> groups = new LinkedHashSet<>(names);
        try (GroupsClient client = GroupsClient.connect(console, options)) {
            Map<String, KafkaFuture<Void>> deleted =
                    client.admin().deleteConsumerGroups(groups).deletedGroups();
            for (String group : groups) {
                report(client, group, deleted.get(group));
            }
            return client.exitCode();
        }
    }

    private void report(GroupsClient client, String group, KafkaFuture<Void> outcome) throws InterruptedException {
        try {
            outcome.get();
            print(group, "deleted");
        } catch (ExecutionException e) {
            if (ifExists && Failure.root(e) instanceof GroupIdNotFoundException) {
                print(group, "missing");
            } else {
                client.onFailure("group " + group, e);
            }
        }
    }

    private void print(String group, String outcome) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("group", group);
        line.put("outcome", outcome);
        console.line(options.json() ? Json.of(line) : outcome + " " + group);
    }
}
