package io.braid.broker.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.braid.broker.group.consumer.ConsumerGroupConfig;
import io.braid.broker.group.consumer.ServerAssignedProtocol;
import io.braid.controller.MalformedException;
import io.braid.controller.UnknownFormatException;
import java.util.HexFormat;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

/** The bytes of the records as docs/on-disk-format.md has them. */
class RecordCodecTest {
    private static final Uuid TOPIC = new Uuid(1, 2);

    private final RecordCodec codec = new RecordCodec(new ServerAssignedProtocol(ConsumerGroupConfig.DEFAULT));

    @Test
    void aCommittedOffset() {
        OffsetCommitted record =
                new OffsetCommitted("g", TOPIC, 3, new CommittedOffset(42, -1, "", 1_700_000_000_000L, -1));
        assertBytes(
                record,
                "00000167" + "0000000000000001" + "0000000000000002" + "03",
                "00540100" + "80a0abfef962" + "0100");
    }

    @Test
    void aRemovedOffset() {
        assertBytes(
                new OffsetRemoved("g", TOPIC, 300),
                "00000167" + "0000000000000001" + "0000000000000002" + "ac02",
                null);
    }

    @Test
    void aClassicGroup() {
        ClassicGroupChanged.Member member =
                new ClassicGroupChanged.Member("m", "i", "c", "/h", 60_000, 10_000, new byte[] {1, 2}, new byte[] {3});
        assertBytes(
                new ClassicGroupChanged("g", 5, "consumer", "range", "m", 1, List.of(member)),
                "00010167",
                "000a" + "08636f6e73756d6572" + "0572616e6765" + "016d" + "02" + "01" + "016d" + "0169" + "0163"
                        + "022f68" + "c0a907" + "a09c01" + "020102" + "0103" + "00" + "00");
    }

    @Test
    void aRemovedClassicGroup() {
        assertBytes(new ClassicGroupRemoved("g"), "00010167", null);
    }

    @Test
    void whatIsNotOursIsRefused() {
        assertThatThrownBy(() -> codec.read(new byte[] {0, 0}, null)).isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> codec.read(new byte[] {0, 15, 1, 'g'}, null))
                .isInstanceOf(UnknownFormatException.class);
        assertThatThrownBy(() -> codec.read(new byte[] {1, 1, 1, 'g'}, null))
                .isInstanceOf(UnknownFormatException.class);
    }

    private void assertBytes(GroupRecord record, String key, String value) {
        HexFormat hex = HexFormat.of();
        assertThat(hex.formatHex(codec.key(record))).isEqualTo(key);
        byte[] bytes = codec.value(record);
        assertThat(bytes == null ? null : hex.formatHex(bytes)).isEqualTo(value);
        assertThat(codec.read(codec.key(record), bytes)).isEqualTo(record);
    }
}
