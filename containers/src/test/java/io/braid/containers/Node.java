package io.braid.containers;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.model.ContainerNetwork;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.PortBinding;
import com.github.dockerjava.api.model.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * One container of the image. Its ports on this machine stay the same when it is started again, since clients are told them.
 * Confined to the test's thread.
 */
final class Node implements AutoCloseable {

    static final String IMAGE =
            Optional.ofNullable(System.getenv("BRAID_IMAGE")).orElse("braid:latest");
    private static final long MEMORY_BYTES = 768L << 20;
    private static final int CLIENT_PORT = 9192;
    private static final int ADMIN_PORT = 9644;
    private static final Duration READY_TIMEOUT = Duration.ofSeconds(90);

    private final int id;
    private final int clientPort = freePort();
    private final int adminPort = freePort();
    private final String peers;
    private final GenericContainer<?> container;
    private final DockerClient docker = DockerClientFactory.instance().client();

    /**
     * @param clients the network through which clients come
     * @param peers the network of the other nodes
     * @param voters as {@code controller.quorum.voters} wants them
     */
    Node(int id, String clients, String peers, String voters) {
        this.id = id;
        this.peers = peers;
        this.container = new Joining(DockerImageName.parse(IMAGE))
                .withEnv("BRAID_NODE_ID", Integer.toString(id))
                .withEnv("BRAID_HEAP", "256m")
                .withEnv("BRAID_CONTROLLER_QUORUM_VOTERS", voters)
                .withEnv("BRAID_LISTENERS", "HOST://0.0.0.0:" + CLIENT_PORT)
                .withEnv("BRAID_ADVERTISED_LISTENERS", "HOST://127.0.0.1:" + clientPort)
                .withEnv("BRAID_ADVERTISED_INTER_BROKER_LISTENER", address(id) + ":9095")
                .withEnv("BRAID_REPLICA_LAG_TIME_MAX_MS", "3000")
                .withEnv("BRAID_MIN_INSYNC_REPLICAS", "2")
                .withEnv("BRAID_MIN_BROKERS_FOR_POOL", "3")
                .withImagePullPolicy(image -> false)
                .withCreateContainerCmdModifier(
                        create -> create.withExposedPorts(ExposedPort.tcp(CLIENT_PORT), ExposedPort.tcp(ADMIN_PORT))
                                .withHostConfig(HostConfig.newHostConfig()
                                        .withNetworkMode(clients)
                                        .withMemory(MEMORY_BYTES)
                                        .withPortBindings(
                                                published(clientPort, CLIENT_PORT), published(adminPort, ADMIN_PORT))));
    }

    /** Joins its peers before it is started: it looks for them first of all. */
    private final class Joining extends GenericContainer<Joining> {
        Joining(DockerImageName image) {
            super(image);
        }

        @Override
        protected void containerIsCreated(String containerId) {
            connect(containerId);
        }
    }

    /** Its name among its peers. */
    static String address(int id) {
        return "peer-" + id;
    }

    private static PortBinding published(int host, int inside) {
        return new PortBinding(Ports.Binding.bindIpAndPort("127.0.0.1", host), ExposedPort.tcp(inside));
    }

    /** Starts the container for the first time; does not wait until it serves. */
    void create() {
        container.start();
    }

    private String containerId() {
        return container.getContainerId();
    }

    /** Where clients on this machine find it. */
    String bootstrap() {
        return "127.0.0.1:" + clientPort;
    }

    String log() {
        return container.getLogs();
    }

    // ---- faults

    void kill() {
        docker.killContainerCmd(containerId()).withSignal("SIGKILL").exec();
        Conditions.await("node " + id + " is dead", READY_TIMEOUT, () -> !running());
    }

    /** On a busy machine the engine gives up freezing a container that has many threads; it does not mean it. */
    void pause() {
        Conditions.await("node " + id + " is paused", READY_TIMEOUT, () -> {
            docker.pauseContainerCmd(containerId()).exec();
            return true;
        });
    }

    void resume() {
        docker.unpauseContainerCmd(containerId()).exec();
    }

    void startAgain() {
        docker.startContainerCmd(containerId()).exec();
    }

    /** SIGTERM; the exit code. */
    long terminate() {
        docker.stopContainerCmd(containerId()).withTimeout(60).exec();
        return docker.inspectContainerCmd(containerId()).exec().getState().getExitCodeLong();
    }

    /** Takes it away from its peers; its clients keep it. */
    void disconnect() {
        docker.disconnectFromNetworkCmd()
                .withNetworkId(peers)
                .withContainerId(containerId())
                .exec();
    }

    /** Joins it with its peers again; its address there may be another one than before. */
    void connect() {
        connect(containerId());
    }

    private void connect(String containerId) {
        docker.connectToNetworkCmd()
                .withNetworkId(peers)
                .withContainerId(containerId)
                .withContainerNetwork(new ContainerNetwork().withAliases(address(id)))
                .exec();
    }

    // ---- state

    /** Its address among its peers, now. */
    String peerAddress() {
        return docker.inspectContainerCmd(containerId())
                .exec()
                .getNetworkSettings()
                .getNetworks()
                .get(peers)
                .getIpAddress();
    }

    private boolean running() {
        return Boolean.TRUE.equals(
                docker.inspectContainerCmd(containerId()).exec().getState().getRunning());
    }

    void awaitReady() {
        Conditions.await("node " + id + " is ready", READY_TIMEOUT, () -> {
            if (!running()) {
                throw new IllegalStateException("it ended: " + log());
            }
            return status("/readyz") == 200;
        });
    }

    private int status(String path) throws IOException {
        HttpURLConnection connection = (HttpURLConnection)
                URI.create("http://127.0.0.1:" + adminPort + path).toURL().openConnection();
        connection.setConnectTimeout(2000);
        connection.setReadTimeout(2000);
        try {
            return connection.getResponseCode();
        } finally {
            connection.disconnect();
        }
    }

    @Override
    public void close() {
        container.stop();
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
