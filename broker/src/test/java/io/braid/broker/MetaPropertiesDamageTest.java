package io.braid.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetaPropertiesDamageTest {
    @TempDir
    Path directory;

    @Test
    void everyFlippedBitIsRefusedOrWithoutConsequence() throws Exception {
        MetaProperties.open(directory, 7).save("some-cluster", 42);
        Path file = directory.resolve(MetaProperties.FILE_NAME);
        byte[] whole = Files.readAllBytes(file);
        for (int bit = 0; bit < whole.length * 8; bit++) {
            byte[] flipped = whole.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            Files.write(file, flipped);
            try {
                MetaProperties read = MetaProperties.open(directory, 7);
                assertThat(read.clusterId()).contains("some-cluster");
                assertThat(read.brokerEpoch()).isEqualTo(42);
            } catch (NodeStartException e) {
                assertThat(e.getMessage()).contains(file.toString()).hasLineCount(1);
            }
        }
    }

    @Test
    void aFileOfAnOlderVersionHasNoChecksum() throws Exception {
        Path file = directory.resolve(MetaProperties.FILE_NAME);
        Files.writeString(
                file, "#a comment\nversion=1\nnode.id=7\ncluster.id=c\nbroker.epoch=3\n", StandardCharsets.ISO_8859_1);

        assertThat(MetaProperties.open(directory, 7).brokerEpoch()).isEqualTo(3);
        assertThatThrownBy(() -> MetaProperties.open(directory, 8)).hasMessageContaining("belongs to node.id=7");
    }

    @Test
    void anEmptiedFileIsRefusedByName() throws Exception {
        Path file = directory.resolve(MetaProperties.FILE_NAME);
        Files.createFile(file);

        assertThatThrownBy(() -> MetaProperties.open(directory, 7)).hasMessageContaining(file.toString());
    }
}
