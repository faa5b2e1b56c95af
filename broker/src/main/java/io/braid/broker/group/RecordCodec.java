package io.braid.broker.group;

import io.braid.controller.ByteReader;
import io.braid.controller.ByteWriter;
import io.braid.controller.MalformedException;
import io.braid.controller.UnknownFormatException;
import java.util.List;
import org.apache.kafka.common.Uuid;

/**
 * Turns records into the keys and values of {@code __consumer_offsets} and back; docs/on-disk-format.md has the layout.
 * Thread-safe.
 *
 * <p>A key is version, type, group id and what else names the record; a value is version, fields, tagged fields. A record
 * without value removes what its key names.
 */
final class RecordCodec {
    private static final byte VERSION = 0;
    private static final byte OFFSET = 0;
    private static final byte CLASSIC_GROUP = 1;

    private final ConsumerProtocol consumerProtocol;

    RecordCodec(ConsumerProtocol consumerProtocol) {
        this.consumerProtocol = consumerProtocol;
    }

    // ---- writing

    byte[] key(GroupRecord record) {
        ByteWriter out = new ByteWriter(64);
        out.writeByte(VERSION);
        if (record instanceof OffsetCommitted committed) {
            offsetKey(out, committed.groupId(), committed.topicId(), committed.partition());
        } else if (record instanceof OffsetRemoved removed) {
            offsetKey(out, removed.groupId(), removed.topicId(), removed.partition());
        } else if (record instanceof ConsumerGroupRecord of) {
            out.writeByte(of.type());
            out.writeString(of.groupId());
            of.writeKey(out);
        } else {
            out.writeByte(CLASSIC_GROUP);
            out.writeString(record.groupId());
        }
        return out.toByteArray();
    }

    /** Null for a record that removes. */
    byte[] value(GroupRecord record) {
        ByteWriter out = new ByteWriter(64);
        out.writeByte(VERSION);
        if (record instanceof OffsetCommitted committed) {
            writeOffset(out, committed.offset());
        } else if (record instanceof ClassicGroupChanged changed) {
            writeGroup(out, changed);
        } else if (record instanceof ConsumerGroupRecord of && !of.removes()) {
            of.writeValue(out);
        } else {
            return null;
        }
        return out.toByteArray();
    }

    private static void offsetKey(ByteWriter out, String groupId, Uuid topicId, int partition) {
        out.writeByte(OFFSET);
        out.writeString(groupId);
        out.writeUuid(topicId);
        out.writeVarint(partition);
    }

    private static void writeOffset(ByteWriter out, CommittedOffset offset) {
        out.writeSigned(offset.offset());
        out.writeSigned(offset.leaderEpoch());
        out.writeString(offset.metadata());
        out.writeSigned(offset.commitMs());
        out.writeSigned(offset.expireMs());
        out.writeNoTaggedFields();
    }

    private static void writeGroup(ByteWriter out, ClassicGroupChanged group) {
        out.writeSigned(group.generation());
        out.writeString(group.protocolType());
        out.writeString(group.protocol());
        out.writeString(group.leader());
        out.writeSigned(group.changedMs());
        out.writeList(group.members(), RecordCodec::writeMember);
        out.writeNoTaggedFields();
    }

    private static void writeMember(ByteWriter out, ClassicGroupChanged.Member member) {
        out.writeString(member.memberId());
        out.writeString(member.instanceId());
        out.writeString(member.clientId());
        out.writeString(member.clientHost());
        out.writeSigned(member.rebalanceTimeoutMs());
        out.writeSigned(member.sessionTimeoutMs());
        out.writeBytes(member.metadata());
        out.writeBytes(member.assignment());
        out.writeNoTaggedFields();
    }

    // ---- reading

    /**
     * @param value null for a record that removes
     * @throws MalformedException the bytes are not a record
     * @throws UnknownFormatException a newer node wrote them
     */
    GroupRecord read(byte[] key, byte[] value) {
        ByteReader keyIn = new ByteReader(key);
        expectVersion(keyIn);
        byte type = keyIn.readByte();
        String groupId = keyIn.readString();
        ByteReader valueIn = null;
        if (value != null) {
            valueIn = new ByteReader(value);
            expectVersion(valueIn);
        }
        GroupRecord record = read(type, groupId, keyIn, valueIn);
        keyIn.expectEnd();
        if (valueIn != null) {
            valueIn.expectEnd();
        }
        return record;
    }

    private GroupRecord read(byte type, String groupId, ByteReader key, ByteReader value) {
        if (type >= ConsumerGroupRecord.FIRST_TYPE) {
            return consumerProtocol.read(type, groupId, key, value);
        }
        if (type == OFFSET) {
            Uuid topicId = key.readUuid();
            int partition = key.readVarint();
            return value == null
                    ? new OffsetRemoved(groupId, topicId, partition)
                    : new OffsetCommitted(groupId, topicId, partition, readOffset(value));
        }
        if (type == CLASSIC_GROUP) {
            return value == null ? new ClassicGroupRemoved(groupId) : readGroup(groupId, value);
        }
        throw new UnknownFormatException("group record", type, VERSION);
    }

    private static CommittedOffset readOffset(ByteReader in) {
        CommittedOffset offset = new CommittedOffset(
                in.readSigned(), in.readSignedInt(), in.readString(), in.readSigned(), in.readSigned());
        in.skipTaggedFields();
        return offset;
    }

    private static ClassicGroupChanged readGroup(String groupId, ByteReader in) {
        int generation = in.readSignedInt();
        String protocolType = in.readString();
        String protocol = in.readString();
        String leader = in.readString();
        long changedMs = in.readSigned();
        List<ClassicGroupChanged.Member> members = in.readList(RecordCodec::readMember);
        in.skipTaggedFields();
        return new ClassicGroupChanged(groupId, generation, protocolType, protocol, leader, changedMs, members);
    }

    private static ClassicGroupChanged.Member readMember(ByteReader in) {
        ClassicGroupChanged.Member member = new ClassicGroupChanged.Member(
                in.readString(),
                in.readString(),
                in.readString(),
                in.readString(),
                in.readSignedInt(),
                in.readSignedInt(),
                in.readBytes(),
                in.readBytes());
        in.skipTaggedFields();
        return member;
    }

    private static void expectVersion(ByteReader in) {
        byte version = in.readByte();
        if (version != VERSION) {
            throw new UnknownFormatException("group record", -1, version);
        }
    }
}
