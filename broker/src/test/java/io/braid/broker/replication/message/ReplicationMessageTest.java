package io.braid.broker.replication.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.braid.broker.replication.message.ReplicaFetchRequest.Follower;
import io.braid.broker.replication.message.ReplicaFetchRequest.Position;
import io.braid.broker.replication.message.ReplicaFetchResponse.ShardNews;
import io.braid.log.SnapshotFile;
import io.braid.log.SnapshotManifest;
import io.braid.log.table.EpochEndLsn;
import io.braid.protocol.FrameReadable;
import io.braid.protocol.MessageEncoder;
import io.braid.protocol.records.FetchedRecords;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

class ReplicationMessageTest {
    private static final Follower FOLLOWER = new Follower("cluster", 1, 2, 77, Lane.CATCHING_UP);

    @Test
    void fetchRequestComesBackAsItWas() {
        var positions = List.of(new Position(5, 1, 9, 1L << 40, 8, 12), new Position(6, 0, 0, 0, -1, 0));
        var request = new ReplicaFetchRequest(FOLLOWER, 3, 400, 1000, 1 << 20, positions, List.of(7, 300));

        var read = (ReplicaFetchRequest) copy(request, new ReplicaFetchRequest());

        assertThat(read.follower()).isEqualTo(FOLLOWER);
        assertThat(read.number()).isEqualTo(3);
        assertThat(read.metadataVersion()).isEqualTo(400);
        assertThat(read.maxWaitMs()).isEqualTo(1000);
        assertThat(read.maxBytes()).isEqualTo(1 << 20);
        assertThat(read.positions()).isEqualTo(positions);
        assertThat(read.forgotten()).containsExactly(7, 300);
    }

    @Test
    void fetchRequestHasTheBytesOfVersionZero() {
        var request = new ReplicaFetchRequest(
                new Follower("c", 1, 2, 3, Lane.IN_SYNC),
                4,
                5,
                6,
                7,
                List.of(new Position(8, 9, 10, 11, -1, 12)),
                List.of(13));

        assertThat(HexFormat.of().formatHex(body(request)))
                .isEqualTo("00000014" + "0163" + "020406" + "00" + "04050607" + "0108090a0b010c" + "010d" + "00");
    }

    @Test
    void entriesOfSeveralShardsComeBackInTheirOrder() {
        byte[] large = new byte[5000];
        Arrays.fill(large, (byte) 7);
        var first =
                news(1, Optional.empty(), FetchedRecords.of(List.of(part(new byte[] {1, 2}), part(new byte[] {3}))));
        var second = news(2, Optional.of(new EpochEndLsn(-1, 33)), FetchedRecords.EMPTY);
        var third = news(3, Optional.empty(), FetchedRecords.of(List.of(part(large))));
        var response = ReplicaFetchResponse.of(55, List.of(first, second, third));

        var read = (ReplicaFetchResponse) copy(response, new ReplicaFetchResponse());

        assertThat(read.metadataVersion()).isEqualTo(55);
        assertThat(read.news()).hasSize(3);
        assertThat(bytes(read.news().get(0).entries())).containsExactly(1, 2, 3);
        assertThat(bytes(read.news().get(1).entries())).isEmpty();
        assertThat(bytes(read.news().get(2).entries())).isEqualTo(large);
        assertThat(read.news().get(1))
                .usingRecursiveComparison()
                .ignoringFields("entries")
                .isEqualTo(second);
        assertThat(read.news().get(0).divergence()).isEmpty();
        assertThat(read.entriesBytes()).isEqualTo(5003);
    }

    @Test
    void failureOfASessionComesBack() {
        var read = (ReplicaFetchResponse) copy(
                ReplicaFetchResponse.failed(Errors.STALE_BROKER_EPOCH, "not known", 9), new ReplicaFetchResponse());

        assertThat(read.error()).isEqualTo(Errors.STALE_BROKER_EPOCH);
        assertThat(read.message()).isEqualTo("not known");
    }

    @Test
    void snapshotMessagesComeBack() {
        var manifest = new SnapshotManifest(99, List.of(new SnapshotFile("log.properties", 1L << 35, -5)));
        var request =
                (ReplicaSnapshotRequest) copy(new ReplicaSnapshotRequest(FOLLOWER, 5, 6), new ReplicaSnapshotRequest());
        var response =
                (ReplicaSnapshotResponse) copy(ReplicaSnapshotResponse.of(8, manifest), new ReplicaSnapshotResponse());
        var chunkRequest = (ReplicaSnapshotChunkRequest) copy(
                new ReplicaSnapshotChunkRequest(8, "log.properties", 1L << 33, 100), new ReplicaSnapshotChunkRequest());
        var chunk = (ReplicaSnapshotChunkResponse) copy(
                ReplicaSnapshotChunkResponse.of(FetchedRecords.of(List.of(part(new byte[] {9, 8})))),
                new ReplicaSnapshotChunkResponse());

        assertThat(request.follower()).isEqualTo(FOLLOWER);
        assertThat(request.shardId()).isEqualTo(5);
        assertThat(request.leaderEpoch()).isEqualTo(6);
        assertThat(response.snapshotId()).isEqualTo(8);
        assertThat(response.manifest()).isEqualTo(manifest);
        assertThat(chunkRequest.snapshotId()).isEqualTo(8);
        assertThat(chunkRequest.file()).isEqualTo("log.properties");
        assertThat(chunkRequest.position()).isEqualTo(1L << 33);
        assertThat(chunkRequest.maxBytes()).isEqualTo(100);
        assertThat(bytes(chunk.bytes())).containsExactly(9, 8);
    }

    @Test
    void lengthThatLiesIsRefused() {
        byte[] bytes = body(ReplicaFetchResponse.of(
                1, List.of(news(1, Optional.empty(), FetchedRecords.of(List.of(part(new byte[9])))))));
        byte[] cut = Arrays.copyOf(bytes, bytes.length - 1);

        assertThatThrownBy(() -> read(cut, new ReplicaFetchResponse())).isInstanceOf(RuntimeException.class);
        assertThatThrownBy(() -> read(new byte[] {127, 0, 0, 0, 1}, new ReplicaFetchResponse()))
                .isInstanceOf(RuntimeException.class);
        assertThatThrownBy(() -> read(Arrays.copyOf(bytes, bytes.length + 1), new ReplicaFetchResponse()))
                .isInstanceOf(RuntimeException.class);
    }

    private static ShardNews news(int shard, Optional<EpochEndLsn> divergence, FetchedRecords entries) {
        return new ShardNews(shard, 2, Errors.NONE, 1, 9, 10, 0, divergence, 10, 20, entries);
    }

    private static FetchedRecords.Part part(byte[] bytes) {
        return new FetchedRecords.Bytes(Unpooled.wrappedBuffer(bytes));
    }

    private static byte[] bytes(FetchedRecords records) {
        ByteBuf all = Unpooled.buffer();
        for (FetchedRecords.Part part : records.parts()) {
            all.writeBytes(((FetchedRecords.Bytes) part).buffer().duplicate());
        }
        byte[] bytes = new byte[all.readableBytes()];
        all.readBytes(bytes);
        return bytes;
    }

    private static ApiMessage copy(ApiMessage message, ApiMessage empty) {
        return read(body(message), empty);
    }

    private static ApiMessage read(byte[] body, ApiMessage empty) {
        empty.read(new FrameReadable(ByteBuffer.wrap(body), Integer.MAX_VALUE, true), (short) 0);
        return empty;
    }

    /** As a response on the wire, behind its length, correlation id and (no) tagged fields. */
    private static byte[] body(ApiMessage message) {
        MessageEncoder encoder = new MessageEncoder();
        encoder.encodeResponse(
                UnpooledByteBufAllocator.DEFAULT,
                ReplicationApis.CATALOG.api(message.apiKey()).orElseThrow(),
                (short) 0,
                1,
                message);
        ByteBuf all = Unpooled.buffer();
        encoder.pieces().forEach(piece -> all.writeBytes((ByteBuf) piece));
        byte[] body = new byte[all.readableBytes() - 9];
        all.getBytes(9, body);
        return body;
    }
}
