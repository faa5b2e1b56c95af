package io.braid.broker.group.consumer;

import io.braid.broker.group.ClassicMember;
import io.braid.broker.group.ConsumerGroupRecord;
import io.braid.broker.group.consumer.MemberSubscription.Classic;
import io.braid.controller.ByteReader;
import io.braid.controller.ByteWriter;
import io.braid.controller.MalformedException;
import io.braid.controller.UnknownFormatException;
import java.util.List;
import java.util.Optional;

/**
 * What happens to a group of the consumer protocol. The key of a record is its type, the group, and for some a member or
 * a regular expression; docs/on-disk-format.md has the layout. Immutable.
 */
@SuppressWarnings("EnumOrdinal") // the order of the states is in the format
public sealed interface ConsumerRecord extends ConsumerGroupRecord {

    byte EPOCH = FIRST_TYPE;
    byte SUBSCRIPTION = FIRST_TYPE + 1;
    byte ASSIGNMENT = FIRST_TYPE + 2;
    byte TARGET = FIRST_TYPE + 3;
    byte TARGETS_COMPLETE = FIRST_TYPE + 4;
    byte REGEX = FIRST_TYPE + 5;

    /** What follows the group id in the key: a member id, a regular expression, or "". */
    String subject();

    @Override
    default boolean removes() {
        return false;
    }

    @Override
    default void writeKey(ByteWriter out) {
        if (type() != EPOCH && type() != TARGETS_COMPLETE) {
            out.writeString(subject());
        }
    }

    /** Reads what {@link #writeKey} and {@link #writeValue} wrote; {@code value} is null for a record that removes. */
    static ConsumerRecord read(byte type, String groupId, ByteReader key, ByteReader value) {
        if (type < EPOCH || type > REGEX) {
            throw new UnknownFormatException("group record", type, 0);
        }
        String subject = type == EPOCH || type == TARGETS_COMPLETE ? "" : key.readString();
        if (value == null) {
            return new Removed(type, groupId, subject);
        }
        ConsumerRecord record =
                switch (type) {
                    case EPOCH -> new EpochChanged(groupId, value.readVarint(), value.readLong(), value.readLong());
                    case SUBSCRIPTION -> new Subscribed(groupId, subject, readSubscription(value));
                    case ASSIGNMENT ->
                        new Reconciled(
                                groupId,
                                subject,
                                value.readSignedInt(),
                                value.readSignedInt(),
                                readState(value),
                                PartitionSetCodec.read(value),
                                PartitionSetCodec.read(value));
                    case TARGET -> new Targeted(groupId, subject, PartitionSetCodec.read(value));
                    case TARGETS_COMPLETE -> new TargetsComplete(groupId, value.readVarint());
                    default -> new RegexResolved(groupId, subject, value.readList(ByteReader::readString));
                };
        value.skipTaggedFields();
        return record;
    }

    private static MemberState readState(ByteReader in) {
        int state = in.readByte();
        if (state < 0 || state >= MemberState.values().length) {
            throw new MalformedException("member state " + state);
        }
        return MemberState.values()[state];
    }

    private static MemberSubscription readSubscription(ByteReader in) {
        return new MemberSubscription(
                in.readString(),
                in.readString(),
                in.readString(),
                in.readString(),
                in.readVarint(),
                in.readList(ByteReader::readString),
                in.readString(),
                in.readString(),
                in.readBoolean()
                        ? Optional.of(new Classic(
                                in.readVarint(),
                                in.readList(r -> new ClassicMember.Protocol(r.readString(), r.readBytes()))))
                        : Optional.empty());
    }

    /**
     * The group has a new epoch: its members, what they subscribe to, or those topics changed.
     *
     * @param metadataHash stands for the ids and partition counts of the topics subscribed to
     * @param changedMs ms since 1970: an empty group has been empty since
     */
    record EpochChanged(String groupId, int epoch, long metadataHash, long changedMs) implements ConsumerRecord {
        @Override
        public byte type() {
            return EPOCH;
        }

        @Override
        public String subject() {
            return "";
        }

        @Override
        public void writeValue(ByteWriter out) {
            out.writeVarint(epoch);
            out.writeLong(metadataHash);
            out.writeLong(changedMs);
            out.writeNoTaggedFields();
        }
    }

    /** A member joined, or said something new about itself. */
    record Subscribed(String groupId, String subject, MemberSubscription subscription) implements ConsumerRecord {
        @Override
        public byte type() {
            return SUBSCRIPTION;
        }

        @Override
        public void writeValue(ByteWriter out) {
            out.writeString(subscription.instanceId());
            out.writeString(subscription.rackId());
            out.writeString(subscription.clientId());
            out.writeString(subscription.clientHost());
            out.writeVarint(subscription.rebalanceTimeoutMs());
            out.writeList(subscription.topics(), ByteWriter::writeString);
            out.writeString(subscription.regex());
            out.writeString(subscription.assignor());
            out.writeBoolean(subscription.classic().isPresent());
            subscription.classic().ifPresent(classic -> {
                out.writeVarint(classic.sessionTimeoutMs());
                out.writeList(classic.protocols(), (w, p) -> {
                    w.writeString(p.name());
                    w.writeBytes(p.metadata());
                });
            });
            out.writeNoTaggedFields();
        }
    }

    /** A member has other partitions, or is in another epoch. */
    record Reconciled(
            String groupId,
            String subject,
            int epoch,
            int previousEpoch,
            MemberState state,
            PartitionSet assigned,
            PartitionSet pendingRevocation)
            implements ConsumerRecord {

        static Reconciled of(String groupId, Member member) {
            return new Reconciled(
                    groupId,
                    member.memberId(),
                    member.epoch(),
                    member.previousEpoch(),
                    member.state(),
                    member.assigned(),
                    member.pendingRevocation());
        }

        @Override
        public byte type() {
            return ASSIGNMENT;
        }

        @Override
        public void writeValue(ByteWriter out) {
            out.writeSigned(epoch);
            out.writeSigned(previousEpoch);
            out.writeByte(state.ordinal());
            PartitionSetCodec.write(out, assigned);
            PartitionSetCodec.write(out, pendingRevocation);
            out.writeNoTaggedFields();
        }
    }

    /** The member is to have these partitions. */
    record Targeted(String groupId, String subject, PartitionSet target) implements ConsumerRecord {
        @Override
        public byte type() {
            return TARGET;
        }

        @Override
        public void writeValue(ByteWriter out) {
            PartitionSetCodec.write(out, target);
            out.writeNoTaggedFields();
        }
    }

    /** The targets are those of this epoch. */
    record TargetsComplete(String groupId, int epoch) implements ConsumerRecord {
        @Override
        public byte type() {
            return TARGETS_COMPLETE;
        }

        @Override
        public String subject() {
            return "";
        }

        @Override
        public void writeValue(ByteWriter out) {
            out.writeVarint(epoch);
            out.writeNoTaggedFields();
        }
    }

    /**
     * A regular expression stands for these topics.
     *
     * @param subject the expression
     * @param topics names, ascending
     */
    record RegexResolved(String groupId, String subject, List<String> topics) implements ConsumerRecord {
        public RegexResolved {
            topics = List.copyOf(topics);
        }

        @Override
        public byte type() {
            return REGEX;
        }

        @Override
        public void writeValue(ByteWriter out) {
            out.writeList(topics, ByteWriter::writeString);
            out.writeNoTaggedFields();
        }
    }

    /** What the key names is gone. */
    record Removed(byte type, String groupId, String subject) implements ConsumerRecord {
        @Override
        public boolean removes() {
            return true;
        }

        @Override
        public void writeValue(ByteWriter out) {
            throw new IllegalStateException("type=" + type);
        }
    }
}
