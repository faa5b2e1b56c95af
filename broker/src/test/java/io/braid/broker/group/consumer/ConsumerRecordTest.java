package io.braid.broker.group.consumer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.braid.broker.group.ClassicMember;
import io.braid.broker.group.consumer.ConsumerRecord.EpochChanged;
import io.braid.broker.group.consumer.ConsumerRecord.Reconciled;
import io.braid.broker.group.consumer.ConsumerRecord.RegexResolved;
import io.braid.broker.group.consumer.ConsumerRecord.Removed;
import io.braid.broker.group.consumer.ConsumerRecord.Subscribed;
import io.braid.broker.group.consumer.ConsumerRecord.Targeted;
import io.braid.broker.group.consumer.ConsumerRecord.TargetsComplete;
import io.braid.broker.group.consumer.MemberSubscription.Classic;
import io.braid.controller.ByteReader;
import io.braid.controller.ByteWriter;
import io.braid.controller.MalformedException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The bytes of docs/on-disk-format.md, after version and, in the key, type and group id. */
class ConsumerRecordTest {
    private static final PartitionSet SET =
            PartitionSet.of(new Uuid(1, 2), PartitionRanges.of(0, 3).plus(PartitionRanges.of(300, 301)));
    private static final String SET_BYTES = "01" + "0000000000000001" + "0000000000000002" + "02" + "0003" + "a90201";

    static Stream<Arguments> records() {
        MemberSubscription said =
                new MemberSubscription("i", "r", "c", "/h", 300, List.of("a", "b"), "x.*", "range", Optional.empty());
        MemberSubscription classic = new MemberSubscription(
                "",
                "",
                "c",
                "/h",
                5,
                List.of("a"),
                "",
                "",
                Optional.of(new Classic(7, List.of(new ClassicMember.Protocol("p", new byte[] {9})))));
        return Stream.of(
                Arguments.of(
                        new EpochChanged("g", 300, -1, 16),
                        "",
                        "ac02" + "ffffffffffffffff" + "0000000000000010" + "00"),
                Arguments.of(
                        new Subscribed("g", "m", said),
                        "016d",
                        "0169" + "0172" + "0163" + "022f68" + "ac02" + "0201610162" + "03782e2a" + "0572616e6765" + "00"
                                + "00"),
                Arguments.of(
                        new Subscribed("g", "m", classic),
                        "016d",
                        "00" + "00" + "0163" + "022f68" + "05" + "010161" + "00" + "00" + "01" + "07" + "010170"
                                + "0109" + "00"),
                Arguments.of(
                        new Reconciled("g", "m", -2, 4, MemberState.UNRELEASED_PARTITIONS, SET, PartitionSet.EMPTY),
                        "016d",
                        "03" + "08" + "02" + SET_BYTES + "00" + "00"),
                Arguments.of(new Targeted("g", "m", SET), "016d", SET_BYTES + "00"),
                Arguments.of(new TargetsComplete("g", 5), "", "05" + "00"),
                Arguments.of(new RegexResolved("g", "x.*", List.of("a")), "03782e2a", "010161" + "00"));
    }

    @ParameterizedTest
    @MethodSource("records")
    void bytesAreWhatTheyWere(ConsumerRecord record, String key, String value) {
        ByteWriter keyOut = new ByteWriter();
        record.writeKey(keyOut);
        ByteWriter valueOut = new ByteWriter();
        record.writeValue(valueOut);

        assertEquals(key, HexFormat.of().formatHex(keyOut.toByteArray()));
        assertEquals(value, HexFormat.of().formatHex(valueOut.toByteArray()));
        assertEquals(record, ConsumerRecord.read(record.type(), "g", reader(key), reader(value)));
        Removed removed = new Removed(record.type(), "g", record.subject());
        assertEquals(removed, ConsumerRecord.read(record.type(), "g", reader(key), null));
    }

    @Test
    void bytesThatAreNoRecordAreRefused() {
        assertThrows(MalformedException.class, () -> ConsumerRecord.read((byte) 22, "g", reader(""), reader("00")));
        assertThrows(MalformedException.class, () -> ConsumerRecord.read((byte) 19, "g", reader("016d"), reader("01")));
        String twice = "02" + SET_BYTES.substring(2) + SET_BYTES.substring(2) + "00";
        assertThrows(
                MalformedException.class, () -> ConsumerRecord.read((byte) 19, "g", reader("016d"), reader(twice)));
    }

    private static ByteReader reader(String hex) {
        return new ByteReader(HexFormat.of().parseHex(hex));
    }
}
