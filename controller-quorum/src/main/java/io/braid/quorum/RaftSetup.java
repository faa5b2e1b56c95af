package io.braid.quorum;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.RaftConfigKeys;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.rpc.SupportedRpcType;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.server.storage.RaftStorage.StartupOption;
import org.apache.ratis.util.ExitUtils;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;

/** How Ratis is set up: docs/decisions/0003-metadata-on-ratis.md says why each of these. */
final class RaftSetup {
    /** One cluster has one metadata group; its id needs to be known before the cluster has an id. */
    static final RaftGroupId GROUP =
            RaftGroupId.valueOf(UUID.nameUUIDFromBytes("braid-metadata".getBytes(StandardCharsets.UTF_8)));

    private static final SizeInBytes ENTRY_LIMIT = SizeInBytes.valueOf("16MB");
    private static final SizeInBytes WRITE_BUFFER = SizeInBytes.valueOf("17MB");
    private static final SizeInBytes MESSAGE_LIMIT = SizeInBytes.valueOf("32MB");

    private RaftSetup() {}

    static RaftServer newServer(QuorumConfig config, MetadataStateMachine stateMachine) throws IOException {
        ExitUtils.disableSystemExit();
        Files.createDirectories(config.directory());
        List<RaftPeer> peers = config.voters().stream().map(RaftSetup::peer).toList();
        boolean formatted =
                Files.isDirectory(config.directory().resolve(GROUP.getUuid().toString()));
        return RaftServer.newBuilder()
                .setServerId(peer(config.self()).getId())
                .setGroup(RaftGroup.valueOf(GROUP, peers))
                .setStateMachine(stateMachine)
                .setProperties(properties(config))
                .setOption(formatted ? StartupOption.RECOVER : StartupOption.FORMAT)
                .build();
    }

    private static RaftPeer peer(Voter voter) {
        return RaftPeer.newBuilder()
                .setId(voter.peerId())
                .setAddress(voter.host() + ":" + voter.port())
                .build();
    }

    private static RaftProperties properties(QuorumConfig config) {
        RaftProperties p = new RaftProperties();
        Path directory = config.directory();
        RaftServerConfigKeys.setStorageDir(p, List.of(directory.toFile()));
        RaftConfigKeys.Rpc.setType(p, config.voters().size() == 1 ? new LoopbackRpc() : SupportedRpcType.GRPC);
        GrpcConfigKeys.Server.setHost(p, config.bindHost());
        GrpcConfigKeys.Server.setPort(p, config.self().port());
        GrpcConfigKeys.setMessageSizeMax(p, MESSAGE_LIMIT);
        elections(p, config);
        log(p);
        RaftServerConfigKeys.RetryCache.setExpiryTime(p, TimeDuration.valueOf(30, TimeUnit.SECONDS));
        RaftServerConfigKeys.Read.setOption(p, RaftServerConfigKeys.Read.Option.LINEARIZABLE);
        // The state machine decides when a snapshot is worth it, and is asked at every chance.
        RaftServerConfigKeys.Snapshot.setAutoTriggerEnabled(p, true);
        RaftServerConfigKeys.Snapshot.setAutoTriggerThreshold(p, 1);
        RaftServerConfigKeys.Log.setPurgeUptoSnapshotIndex(p, true);
        RaftServerConfigKeys.Log.setPurgeGap(p, 1);
        return p;
    }

    private static void elections(RaftProperties p, QuorumConfig config) {
        boolean alone = config.voters().size() == 1;
        RaftServerConfigKeys.Rpc.setTimeoutMin(p, duration(config.electionTimeoutMin()));
        RaftServerConfigKeys.Rpc.setTimeoutMax(p, duration(config.electionTimeoutMax()));
        RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMin(p, duration(Duration.ofMillis(alone ? 20 : 200)));
        RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMax(p, duration(Duration.ofMillis(alone ? 40 : 500)));
        RaftServerConfigKeys.setStagingTimeout(p, duration(Duration.ofSeconds(60)));
    }

    private static void log(RaftProperties p) {
        RaftServerConfigKeys.Log.Appender.setBufferByteLimit(p, ENTRY_LIMIT);
        RaftServerConfigKeys.Log.setWriteBufferSize(p, WRITE_BUFFER);
        RaftServerConfigKeys.Log.setSegmentSizeMax(p, SizeInBytes.valueOf("32MB"));
        RaftServerConfigKeys.Log.setPreallocatedSize(p, SizeInBytes.valueOf("64KB"));
        RaftServerConfigKeys.Log.setSegmentCacheNumMax(p, 2);
        RaftServerConfigKeys.Log.setSegmentCacheSizeMax(p, SizeInBytes.valueOf("32MB"));
        RaftServerConfigKeys.Log.setCorruptionPolicy(p, RaftServerConfigKeys.Log.CorruptionPolicy.EXCEPTION);
    }

    private static TimeDuration duration(Duration duration) {
        return TimeDuration.valueOf(duration.toMillis(), TimeUnit.MILLISECONDS);
    }
}
