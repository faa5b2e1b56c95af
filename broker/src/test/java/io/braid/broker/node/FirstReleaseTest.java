package io.braid.broker.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.broker.cli.CommandLineRun;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A node starts on what one of the first release left, whose formats are those of metadata.version 1: the Raft log with
 * commands, segments with entries, their indexes, checkpoints, and a group's records. The archive is never made
 * anew: a test that it breaks shows that an upgrade would.
 */
@Timeout(60)
class FirstReleaseTest {
    @TempDir
    Path data;

    private void unpack() throws IOException {
        try (InputStream file = FirstReleaseTest.class.getResourceAsStream("release-1-node.zip");
                ZipInputStream zip = new ZipInputStream(file)) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                Path to = data.resolve(entry.getName());
                Files.createDirectories(entry.isDirectory() ? to : to.getParent());
                if (!entry.isDirectory()) {
                    Files.copy(zip, to);
                }
            }
        }
    }

    @Test
    void everythingIsThereAndTheVersionCanBeRaised() throws Exception {
        unpack();
        try (TestNode node = TestNode.start(data)) {
            check(node);
            assertThat(run(node, "features", "describe").out()).contains("level=1", "max=2");
            assertThat(run(node, "brokers", "cordon", "1").err()).contains("braid features upgrade");
            assertThat(run(node, "features", "upgrade").out()).contains("metadata.version is 2");
            assertThat(run(node, "brokers", "cordon", "1").code()).isZero();
        }
        try (TestNode again = TestNode.start(data)) {
            check(again);
            assertThat(run(again, "brokers", "list").out()).contains("cordoned=true");
        }
    }

    private static CommandLineRun run(TestNode node, String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--bootstrap", node.bootstrap()));
        return CommandLineRun.of(all.toArray(String[]::new));
    }

    /** 110 records with a key and a number, and 1,500 of 1,007 bytes in partition 0. */
    private static void check(TestNode node) throws Exception {
        try (Admin admin = node.admin()) {
            assertThat(admin.listTopics().names().get()).containsExactly("words");
            assertThat(admin.describeTopics(List.of("words"))
                            .allTopicNames()
                            .get()
                            .get("words")
                            .partitions())
                    .hasSize(4);
            ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, "words");
            assertThat(admin.describeConfigs(List.of(topic))
                            .all()
                            .get()
                            .get(topic)
                            .get("retention.ms")
                            .value())
                    .isEqualTo("-1");
            Map<TopicPartition, OffsetAndMetadata> committed = admin.listConsumerGroupOffsets("readers")
                    .partitionsToOffsetAndMetadata()
                    .get();
            assertThat(committed.get(new TopicPartition("words", 0)).offset()).isEqualTo(5);
        }
        List<Integer> numbers = new ArrayList<>();
        int large = 0;
        try (KafkaConsumer<byte[], byte[]> consumer = node.consumer()) {
            List<TopicPartition> all = new ArrayList<>();
            for (int p = 0; p < 4; p++) {
                all.add(new TopicPartition("words", p));
            }
            consumer.assign(all);
            consumer.seekToBeginning(all);
            long end = consumer.endOffsets(all).values().stream()
                    .mapToLong(Long::longValue)
                    .sum();
            assertThat(end).isEqualTo(1_610);
            while (numbers.size() + large < end) {
                for (ConsumerRecord<byte[], byte[]> r : consumer.poll(Duration.ofSeconds(1))) {
                    if (r.key() == null) {
                        assertThat(new String(r.value(), StandardCharsets.UTF_8))
                                .startsWith(String.format("%06d x", large++))
                                .hasSize(1_007);
                    } else {
                        numbers.add(Integer.valueOf(new String(r.value(), StandardCharsets.UTF_8)));
                    }
                }
            }
        }
        assertThat(large).isEqualTo(1_500);
        assertThat(numbers).doesNotHaveDuplicates().hasSize(110);
    }
}
