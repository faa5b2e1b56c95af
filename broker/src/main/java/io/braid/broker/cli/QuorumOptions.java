package io.braid.broker.cli;

import io.braid.broker.config.HostPort;
import io.braid.protocol.network.ConnectOptions;
import io.braid.protocol.network.MutualTls;
import io.braid.quorum.QuorumClient;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Option;

/** Which controllers a command talks to, and how it prints. */
final class QuorumOptions {

    @Option(
            names = "--controller",
            paramLabel = "HOST:PORT",
            defaultValue = "${env:BRAID_CONTROLLER:-127.0.0.1:9093}",
            description = "controller.listener of any controller. Default: $BRAID_CONTROLLER, else 127.0.0.1:9093.")
    private String controller;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "10",
            description = "How long to look for the leading controller. Default: 10.")
    private int timeoutSeconds;

    @Option(
            names = "--tls-key",
            paramLabel = "FILE",
            description =
                    "Private key, PKCS#8 in PEM, where controllers have cluster.tls.key.file. With the two below.")
    private Path tlsKey;

    @Option(names = "--tls-certificate", paramLabel = "FILE", description = "Certificate chain of that key, PEM.")
    private Path tlsCertificate;

    @Option(
            names = "--tls-authority",
            paramLabel = "FILE",
            description = "Certificates that sign those of the nodes, PEM.")
    private Path tlsAuthority;

    @Option(names = "--json", description = "Prints JSON, one object a line.")
    private boolean json;

    boolean json() {
        return json;
    }

    /** What is done with the controllers. */
    @FunctionalInterface
    interface Work<T> {
        T with(QuorumClient client) throws IOException, InterruptedException;
    }

    /**
     * Does something with the controllers.
     *
     * @throws CliException when they refuse, or do not answer
     */
    <T> T call(Work<T> work) throws InterruptedException {
        HostPort at = address();
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        try (QuorumClient client =
                new QuorumClient(at.host(), at.port(), group, Duration.ofSeconds(timeoutSeconds), connect())) {
            return work.with(client);
        } catch (IOException e) {
            throw CliException.failed(e.getMessage(), e);
        } finally {
            var unused = group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        }
    }

    private ConnectOptions connect() throws IOException {
        if (tlsKey == null && tlsCertificate == null && tlsAuthority == null) {
            return ConnectOptions.DEFAULT;
        }
        if (tlsKey == null || tlsCertificate == null || tlsAuthority == null) {
            throw CliException.usage("--tls-key, --tls-certificate and --tls-authority go together");
        }
        return ConnectOptions.DEFAULT.withTls(
                Optional.of(MutualTls.of(tlsKey, tlsCertificate, tlsAuthority).client()));
    }

    private HostPort address() {
        if (timeoutSeconds < 1) {
            throw CliException.usage("--timeout must be at least 1");
        }
        try {
            HostPort address = HostPort.parse(controller);
            if (!address.host().isEmpty() && address.port() > 0) {
                return address;
            }
        } catch (IllegalArgumentException e) {
            // the message below says what is allowed
        }
        throw CliException.usage("--controller must be HOST:PORT, not " + controller);
    }
}
