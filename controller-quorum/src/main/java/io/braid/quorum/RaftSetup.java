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
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.grpc.GrpcTlsConfig;
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
        List<RaftPeer> peers = config.voters().stream().map(Voter::toPeer).toList();
        return RaftServer.newBuilder()
                .setServerId(config.self().toPeer().getId())
                .setGroup(RaftGroup.valueOf(GROUP, peers))
                .setStateMachine(stateMachine)
                .setProperties(properties(config))
                .setParameters(parameters(config))
                .setOption(formatted(config.directory()) ? StartupOption.RECOVER : StartupOption.FORMAT)
                .build();
    }

    /** Whether there is a Raft log in the directory, be it an empty one. */
    static boolean formatted(Path directory) {
        return Files.isDirectory(directory.resolve(GROUP.getUuid().toString()));
    }

    /** With mutual TLS whoever the authority signed for may speak to the port; nobody else. */
    private static Parameters parameters(QuorumConfig config) {
        Parameters parameters = new Parameters();
        config.tls().ifPresent(tls -> {
            GrpcTlsConfig grpc = new GrpcTlsConfig(
                    tls.key().toFile(),
                    tls.certificate().toFile(),
                    tls.authority().toFile(),
                    true);
            GrpcConfigKeys.Server.setTlsConf(parameters, grpc);
            GrpcConfigKeys.Admin.setTlsConf(parameters, grpc);
            GrpcConfigKeys.Client.setTlsConf(parameters, grpc);
            GrpcConfigKeys.TLS.setConf(parameters, grpc);
        });
        return parameters;
    }

    private static RaftProperties properties(QuorumConfig config) {
        RaftProperties p = new RaftProperties();
        Path directory = config.directory();
        RaftServerConfigKeys.setStorageDir(p, List.of(directory.toFile()));
        RaftConfigKeys.Rpc.setType(p, config.networked() ? SupportedRpcType.GRPC : new LoopbackRpc());
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
        // From one voter to two: the new one is a majority that the old one was not.
        RaftServerConfigKeys.LeaderElection.setMemberMajorityAdd(p, true);
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
