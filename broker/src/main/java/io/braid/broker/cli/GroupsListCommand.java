package io.braid.broker.cli;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListGroupsOptions;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.GroupType;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Lists groups. */
@Command(name = "list", description = "Prints the groups with their type and state.", sortOptions = false)
final class GroupsListCommand implements Callable<Integer> {

    @Option(names = "--state", paramLabel = "STATE", split = ",", description = "Only those, such as Stable or Empty.")
    private Set<String> states = new LinkedHashSet<>();

    @Option(names = "--type", paramLabel = "TYPE", split = ",", description = "Only those: classic or consumer.")
    private Set<String> types = new LinkedHashSet<>();

    @Mixin
    private ClientOptions options = new ClientOptions();

    private final Console console;

    GroupsListCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws InterruptedException, ExecutionException {
        ListGroupsOptions filter =
                new ListGroupsOptions().inGroupStates(states()).withTypes(types());
        try (GroupsClient client = GroupsClient.connect(console, options)) {
            List<GroupListing> groups = client.admin().listGroups(filter).all().get().stream()
                    .sorted(Comparator.comparing(GroupListing::groupId))
                    .toList();
            groups.forEach(this::print);
            return ExitCode.DONE;
        }
    }

    private Set<GroupState> states() {
        return states.stream()
                .map(name -> {
                    GroupState state = GroupState.parse(name);
                    if (state == GroupState.UNKNOWN) {
                        throw CliException.usage("--state " + name + " is no state of a group");
                    }
                    return state;
                })
                .collect(Collectors.toSet());
    }

    private Set<GroupType> types() {
        return types.stream()
                .map(name -> {
                    GroupType type = GroupType.parse(name);
                    if (type == GroupType.UNKNOWN) {
                        throw CliException.usage("--type " + name + " is no type of a group");
                    }
                    return type;
                })
                .collect(Collectors.toSet());
    }

    private void print(GroupListing group) {
        String type = group.type().map(Object::toString).orElse("").toLowerCase(Locale.ROOT);
        String state = group.groupState().map(Object::toString).orElse("");
        if (!options.json()) {
            console.line(group.groupId() + " type=" + type + " state=" + state);
            return;
        }
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("group", group.groupId());
        line.put("type", type);
        line.put("state", state);
        line.put("protocol", group.protocol());
        console.line(Json.of(line));
    }
}
