package io.braid.broker.group;

import java.util.Optional;
import org.apache.kafka.common.message.DeleteGroupsResponseData.DeletableGroupResult;
import org.apache.kafka.common.protocol.Errors;

/** DeleteGroups for one group: it goes with its offsets, if it has no members. */
final class DeleteGroup extends GroupCall<String, DeletableGroupResult> {
    DeleteGroup(String groupId, Reply<DeletableGroupResult> reply) {
        super(groupId, groupId, reply);
    }

    @Override
    public void decide(Turn turn) {
        Optional<Group> group = turn.group(groupId());
        GroupOffsets offsets = turn.state().offsets(groupId());
        Errors error = Errors.NONE;
        if (group.isEmpty() && offsets == null) {
            error = Errors.GROUP_ID_NOT_FOUND;
        } else if (group.isPresent() && !group.get().isEmpty()) {
            error = Errors.NON_EMPTY_GROUP;
        } else {
            if (offsets != null) {
                offsets.forEach(
                        (topicId, partition, offset) -> turn.write(new OffsetRemoved(groupId(), topicId, partition)));
            }
            group.ifPresent(empty -> empty.remove(turn));
        }
        turn.answer(reply(), new DeletableGroupResult().setGroupId(groupId()).setErrorCode(error.code()));
    }
}
