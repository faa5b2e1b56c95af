package io.braid.client.consumer.group;

import io.braid.client.consumer.PartitionSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Uuid;

/** What became of a membership, as a value: the membership decides, its owner tells. */
interface MemberEvent {
    void tell(MemberEvents to);

    /**
     * Partitions are to be given up.
     *
     * @param revocation the number to answer with
     */
    record Revoke(int revocation, PartitionSet partitions) implements MemberEvent {
        @Override
        public void tell(MemberEvents to) {
            to.revoke(revocation, partitions);
        }
    }

    record Assign(PartitionSet added, PartitionSet whole) implements MemberEvent {
        @Override
        public void tell(MemberEvents to) {
            to.assign(added, whole);
        }
    }

    record Lose(PartitionSet partitions) implements MemberEvent {
        @Override
        public void tell(MemberEvents to) {
            to.lose(partitions);
        }
    }

    record Fail(KafkaException fatal) implements MemberEvent {
        @Override
        public void tell(MemberEvents to) {
            to.fail(fatal);
        }
    }

    record CoordinatorMoved() implements MemberEvent {
        @Override
        public void tell(MemberEvents to) {
            to.coordinatorMoved();
        }
    }

    record WantTopics(Set<String> names, Set<Uuid> ids) implements MemberEvent {
        @Override
        public void tell(MemberEvents to) {
            to.wantTopics(names, ids);
        }
    }

    record WantAllTopics() implements MemberEvent {
        @Override
        public void tell(MemberEvents to) {
            to.wantAllTopics();
        }
    }

    /**
     * The parts of all members are to be computed.
     *
     * @param round the number to answer with
     */
    record Compute(int round, Supplier<Map<String, byte[]>> parts) implements MemberEvent {
        @Override
        public void tell(MemberEvents to) {
            to.compute(round, parts);
        }
    }

    record Left() implements MemberEvent {
        @Override
        public void tell(MemberEvents to) {
            to.left();
        }
    }
}
