package io.braid.broker.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.braid.broker.config.NodeConfig.TlsPaths;
import io.braid.broker.replication.message.HighWatermarksRequest;
import io.braid.broker.replication.message.HighWatermarksResponse;
import io.braid.broker.replication.message.ReplicationApis;
import io.braid.protocol.network.ConnectOptions;
import io.braid.protocol.network.MutualTls;
import io.braid.protocol.network.ProtocolClient;
import io.braid.quorum.QuorumClient;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Three nodes that talk to each other by TLS with real certificates, on every listener but that of clients. */
@Tag("cluster")
@Timeout(120)
class ClusterTlsTest {
    private static final String TOPIC = "t";
    private static final int PARTITIONS = 12;

    @TempDir
    Path data;

    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

    @AfterEach
    void stop() {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    @Test
    void nodesOfOneAuthorityReplicateAndStrangersAreTurnedAway() throws Exception {
        TlsPaths files = TestCertificates.make(data, "nodes");
        TlsPaths others = TestCertificates.make(data, "others");
        try (TestCluster<TestNode> cluster = TestCluster.inThisJvm(data, 3, settings(files))) {
            cluster.createTopic(TOPIC, PARTITIONS, Map.of("min.insync.replicas", "2"));
            cluster.awaitInSync(TOPIC, 3);
            Properties client = NumberedRecords.patientClient(cluster.bootstrap());
            try (NumberedRecords records = new NumberedRecords(client, TOPIC, PARTITIONS, 1, 2_000)) {
                records.start();
                records.awaitAcks(1_000);
                // What it missed is more than what is read into buffers: it comes as ranges of files.
                cluster.take(3).close();
                records.awaitAcks(records.acks() + 2_000);
                cluster.start(3);
                cluster.awaitInSync(TOPIC, 3);
                records.finish();
                records.check(client);
            }
            int brokers = cluster.node(1).interBrokerPort();
            int controllers = cluster.node(1).controllerPort();
            ConnectOptions member = options(files);
            assertThat(refusal(brokers, member)).isEqualTo(Errors.INCONSISTENT_CLUSTER_ID);
            try (QuorumClient quorum =
                    new QuorumClient("127.0.0.1", controllers, group, Duration.ofSeconds(10), member)) {
                assertThat(quorum.status().info().leaderId()).isPositive();
            }
            for (ConnectOptions stranger : List.of(ConnectOptions.DEFAULT, options(others), withoutCertificate())) {
                assertThatThrownBy(() -> refusal(brokers, stranger))
                        .isInstanceOf(ExecutionException.class)
                        .hasCauseInstanceOf(IOException.class);
                try (QuorumClient quorum =
                        new QuorumClient("127.0.0.1", controllers, group, Duration.ofMillis(500), stranger)) {
                    assertThatThrownBy(quorum::status).isInstanceOf(IOException.class);
                }
            }
        }
        Map<Integer, Map<String, ReplicaContents.Batches>> first = ReplicaContents.read(data.resolve("node-1"));
        ReplicaContents.assertSame(first, ReplicaContents.read(data.resolve("node-2")));
        ReplicaContents.assertSame(first, ReplicaContents.read(data.resolve("node-3")));
    }

    private static String[] settings(TlsPaths files) {
        return new String[] {
            "cluster.tls.key.file", files.key().toString(),
            "cluster.tls.certificate.file", files.certificate().toString(),
            "cluster.tls.authority.file", files.authority().toString(),
            "raft.tls.key.file", files.key().toString(),
            "raft.tls.certificate.file", files.certificate().toString(),
            "raft.tls.authority.file", files.authority().toString()
        };
    }

    private static ConnectOptions options(TlsPaths files) throws IOException {
        return ConnectOptions.DEFAULT.withTls(
                Optional.of(MutualTls.of(files.key(), files.certificate(), files.authority())
                        .client()));
    }

    /** One that believes every server and has nothing to show. */
    private static ConnectOptions withoutCertificate() throws IOException {
        return new ConnectOptions(
                "stranger",
                Duration.ofSeconds(5),
                Optional.of(SslContextBuilder.forClient()
                        .trustManager(InsecureTrustManagerFactory.INSTANCE)
                        .build()),
                false);
    }

    /** How a broker answers who comes from another cluster; that is behind the handshake. */
    private Errors refusal(int port, ConnectOptions options) throws Exception {
        try (ProtocolClient client = ProtocolClient.connect("127.0.0.1", port, ReplicationApis.CATALOG, group, options)
                .get()) {
            HighWatermarksResponse answer = (HighWatermarksResponse) client.send(
                            ReplicationApis.HIGH_WATERMARKS,
                            (short) 0,
                            new HighWatermarksRequest("another", List.of()),
                            Duration.ofSeconds(10))
                    .get();
            return answer.error();
        }
    }
}
