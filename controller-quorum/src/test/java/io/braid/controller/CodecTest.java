package io.braid.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.braid.image.BrokerImage;
import io.braid.image.Configs;
import io.braid.image.ControllerImage;
import io.braid.image.Endpoint;
import io.braid.image.FeatureRange;
import io.braid.image.MetadataRecord;
import io.braid.image.Placement;
import io.braid.image.Placements;
import io.braid.image.PoolClass;
import io.braid.image.ShardImage;
import io.braid.image.TopicImage;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The bytes are those of docs/on-disk-format.md: when one of these changes, old files cannot be read any more. */
class CodecTest {
    private static final Uuid ID = new Uuid(0x0102030405060708L, 0x1112131415161718L);
    private static final String ID_HEX = "01020304050607081112131415161718";

    static Stream<Arguments> records() {
        TopicImage topic = new TopicImage(
                ID,
                "orders",
                300,
                false,
                Placements.of(new Placement(0, 0, 5, 1, 16)),
                Configs.of(Map.of("retention.ms", "9")));
        BrokerImage broker = new BrokerImage(
                1,
                300,
                ID,
                "b",
                List.of(ID),
                List.of(new Endpoint("L", "h", 9092)),
                Optional.of("r"),
                List.of(new FeatureRange("f", (short) 1, (short) 2)),
                true);
        return Stream.of(
                Arguments.of(new MetadataRecord.ClusterCreated("abc", (short) 1), "01000361626301" + "00"),
                Arguments.of(new MetadataRecord.MetadataVersionRaised((short) 2), "020002" + "00"),
                Arguments.of(
                        new MetadataRecord.BrokerRegistered(broker),
                        "030001ac02" + ID_HEX + "016201" + ID_HEX + "01014c0168844701017201016601020100"),
                Arguments.of(new MetadataRecord.BrokerUnfenced(1), "04000100"),
                Arguments.of(new MetadataRecord.BrokerFenced(1), "05000100"),
                Arguments.of(new MetadataRecord.BrokerUnregistered(1), "06000100"),
                Arguments.of(
                        new MetadataRecord.PoolCreated(1, PoolClass.INTERNAL_AND_COMPACTED, 3, true), "07000101030100"),
                Arguments.of(
                        new MetadataRecord.ShardChanged(new ShardImage(65_537, List.of(1, 2), List.of(2), -1, 4, 5, 2)),
                        "0800818004020102010201040504" + "00"),
                Arguments.of(
                        new MetadataRecord.TopicCreated(topic),
                        "0900" + ID_HEX + "066f7264657273ac02000100000501100" + "10c726574656e74696f6e2e6d73013900"),
                Arguments.of(new MetadataRecord.TopicDeleted(ID), "0a00" + ID_HEX + "00"),
                Arguments.of(
                        new MetadataRecord.PartitionsAdded(ID, 400, topic.placements()),
                        "0b00" + ID_HEX + "9003010000050110" + "00"),
                Arguments.of(new MetadataRecord.TopicConfigsChanged(ID, Configs.EMPTY), "0c00" + ID_HEX + "0000"),
                Arguments.of(
                        new MetadataRecord.ConfigsChanged((byte) 4, "1", Configs.of(Map.of("k", "v"))),
                        "0d00040131" + "01016b0176" + "00"),
                Arguments.of(new MetadataRecord.ProducerIdsAllocated(2_000), "0e00d00f00"),
                Arguments.of(new MetadataRecord.PoolChanged(1, 3, true), "0f0001030100"),
                Arguments.of(
                        new MetadataRecord.ControllersChanged(
                                List.of(new ControllerImage(2, 1, "h", 9093, 9094, true))),
                        "1000" + "0102010168854786470100"),
                Arguments.of(new MetadataRecord.BrokerCordoned(300, true), "1100ac020100"));
    }

    @ParameterizedTest
    @MethodSource("records")
    void recordsHaveTheseBytes(MetadataRecord record, String hex) {
        ByteWriter out = new ByteWriter();
        RecordCodec.write(out, record);
        assertThat(HexFormat.of().formatHex(out.toByteArray())).isEqualTo(hex);
        ByteReader in = new ByteReader(HexFormat.of().parseHex(hex));
        assertThat(RecordCodec.read(in)).isEqualTo(record);
        in.expectEnd();
    }

    @Test
    void everyRecordHasAGoldenForm() {
        assertThat(records()
                        .map(arguments -> arguments.get()[0].getClass().getName())
                        .toList())
                .containsExactlyInAnyOrderElementsOf(names(MetadataRecord.class));
    }

    static Stream<Arguments> commands() {
        return Stream.of(
                Arguments.of(new Command.CreateCluster("abc", (short) 1), "0100036162630100"),
                Arguments.of(new Command.RaiseMetadataVersion((short) 2), "02000200"),
                Arguments.of(
                        new Command.RegisterBroker(1, ID, "b", List.of(), List.of(), Optional.empty(), List.of(), -1),
                        "030001" + ID_HEX + "0162" + "0000000001" + "00"),
                Arguments.of(new Command.UnfenceBroker(1, 300), "040001ac0200"),
                Arguments.of(new Command.FenceBroker(1, 300), "050001ac0200"),
                Arguments.of(new Command.UnregisterBroker(1), "06000100"),
                Arguments.of(
                        new Command.CreateTopics(
                                List.of(NewTopic.of(ID, "t", 1_000_000, -1, Map.of())), PoolPolicy.DEFAULT, false),
                        "070000010001" + ID_HEX + "0174" + "80897a" + "01" + "000000" + "00"),
                Arguments.of(
                        new Command.DeleteTopics(List.of(Command.TopicRef.of(ID))), "0800" + "0100" + ID_HEX + "00"),
                Arguments.of(
                        new Command.CreatePartitions(List.of(new Command.NewPartitions("t", 3)), true),
                        "09000101" + "017406" + "00"),
                Arguments.of(
                        new Command.AlterConfigs(
                                List.of(new ConfigChange(
                                        (byte) 2, "t", true, List.of(ConfigChange.Operation.set("k", "v")))),
                                false),
                        "0a00" + "0001" + "02017401" + "01" + "00016b017600" + "00"),
                Arguments.of(new Command.AllocateProducerIds(1, 300), "0b0001ac0200"),
                Arguments.of(
                        new Command.AlterShard(1, 300, 2, 3, 4, List.of(new Command.InSyncReplica(1, 300))),
                        "0c0001ac020203040101ac0200"),
                Arguments.of(new Command.ElectLeaders(Command.Election.UNCLEAN, List.of(3)), "0d0001010300"),
                Arguments.of(new Command.AlterPool(1, 3, Optional.of(true)), "0e0001030100"),
                Arguments.of(
                        new Command.MoveShards(List.of(new Command.ShardMove(65_537, List.of(2, 300)))),
                        "1000" + "01818004" + "0202ac02" + "00"),
                Arguments.of(new Command.CordonBroker(300, true), "1100ac020100"),
                Arguments.of(
                        new Command.AlterControllers(
                                List.of(), List.of(new ControllerImage(2, 1, "h", 9093, 9094, false))),
                        "0f00" + "00" + "0102010168854786470000"));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void commandsHaveTheseBytes(Command command, String hex) {
        Proposal proposal = new Proposal(new RequestId(ID, 300, 299), command);
        byte[] bytes = CommandCodec.encode(proposal);
        assertThat(HexFormat.of().formatHex(bytes)).isEqualTo("00" + ID_HEX + "ac020100" + hex);
        assertThat(CommandCodec.decode(bytes)).isEqualTo(proposal);
    }

    @Test
    void everyCommandHasAGoldenForm() {
        assertThat(commands()
                        .map(arguments -> arguments.get()[0].getClass().getName())
                        .toList())
                .containsExactlyInAnyOrderElementsOf(names(Command.class));
    }

    private static List<String> names(Class<?> sealed) {
        return Stream.of(sealed.getPermittedSubclasses()).map(Class::getName).toList();
    }

    @Test
    void resultsHaveTheseBytes() {
        CommandResult result = new CommandResult(
                Errors.NONE,
                "m",
                300,
                7,
                List.of(new CommandResult.Item(Errors.UNKNOWN_SERVER_ERROR, "", "t", ID, -1, 3)));
        ByteWriter out = new ByteWriter();
        ResultCodec.write(out, result);
        assertThat(HexFormat.of().formatHex(out.toByteArray()))
                .isEqualTo("0000016dac020701" + "01000174" + ID_HEX + "0106" + "00");
        assertThat(ResultCodec.read(new ByteReader(out.toByteArray()))).isEqualTo(result);
    }

    @Test
    void aNewerFormatIsNamed() {
        assertThatThrownBy(() -> RecordCodec.read(new ByteReader(new byte[] {1, 9, 0})))
                .isInstanceOf(UnknownFormatException.class)
                .hasMessageContaining("record of type 1 version 9");
        assertThatThrownBy(() -> RecordCodec.read(new ByteReader(new byte[] {99, 0, 0})))
                .isInstanceOf(UnknownFormatException.class);
    }

    @Test
    void taggedFieldsOfNewerReleasesAreSkipped() {
        ByteReader in = new ByteReader(HexFormat.of().parseHex("040001" + "02" + "05026162" + "0700"));
        assertThat(RecordCodec.read(in)).isEqualTo(new MetadataRecord.BrokerUnfenced(1));
        in.expectEnd();
    }

    @Test
    void randomBytesAreRefusedAndNothingElse() {
        Random random = new Random(1);
        List<byte[]> good = commands()
                .map(arguments -> CommandCodec.encode(new Proposal(
                        new RequestId(ID, 1, 0), (Command) arguments.get()[0])))
                .toList();
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = good.get(random.nextInt(good.size())).clone();
            for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            try {
                CommandCodec.decode(bytes);
            } catch (MalformedException expected) {
                assertThat(expected.getMessage()).isNotEmpty();
            }
        }
    }
}
