package io.braid.broker.group;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.GroupType;
import org.apache.kafka.common.message.ListGroupsResponseData.ListedGroup;

/**
 * Which groups ListGroups asks for (KIP-518, KIP-848). Names are compared without regard to case. Immutable.
 *
 * @param states states, none for all
 * @param types types, none for all
 */
record GroupListing(Set<String> states, Set<String> types) {
    static GroupListing of(Collection<String> states, Collection<String> types) {
        return new GroupListing(lower(states), lower(types));
    }

    /** The groups of a core that fit, by id. */
    List<ListedGroup> of(GroupState state) {
        List<ListedGroup> found = new ArrayList<>();
        for (String groupId : state.groupIds()) {
            Optional<Group> group = state.group(groupId);
            ListedGroup row = new ListedGroup()
                    .setGroupId(groupId)
                    .setProtocolType(group.map(Group::protocolType).orElse(""))
                    .setGroupState(group.map(Group::stateName).orElse(ClassicState.EMPTY.protocolName()))
                    .setGroupType(
                            group.map(Group::type).orElse(GroupType.CLASSIC).toString());
            if (fits(states, row.groupState()) && fits(types, row.groupType())) {
                found.add(row);
            }
        }
        return found;
    }

    private static boolean fits(Set<String> wanted, String value) {
        return wanted.isEmpty() || wanted.contains(value.toLowerCase(Locale.ROOT));
    }

    private static Set<String> lower(Collection<String> names) {
        return names.stream().map(name -> name.toLowerCase(Locale.ROOT)).collect(Collectors.toUnmodifiableSet());
    }
}
