package io.braid.broker.cli;

import io.braid.broker.config.HostPort;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import picocli.CommandLine.Option;

/** Which cluster a client command talks to, and how it prints. */
final class ClientOptions {

    private static final int CONNECT_TIMEOUT_MS = 5000;

    @Option(
            names = "--bootstrap",
            paramLabel = "HOST:PORT",
            defaultValue = "${env:BRAID_BOOTSTRAP:-127.0.0.1:9092}",
            description = "One broker of the cluster, or several with commas. Default: $BRAID_BOOTSTRAP, else"
                    + " 127.0.0.1:9092.")
    private String bootstrap;

    @Option(
            names = "--property",
            paramLabel = "KEY=VALUE",
            description = "A setting of the Kafka client library, such as request.timeout.ms=5000; produce and consume"
                    + " use that library then.")
    private Map<String, String> properties = new LinkedHashMap<>();

    @Option(names = "--json", description = "Prints JSON, one object a line.")
    private boolean json;

    boolean json() {
        return json;
    }

    /** The brokers that are named. */
    List<HostPort> brokers() {
        List<HostPort> brokers = new ArrayList<>();
        for (String one : bootstrap.split(",", -1)) {
            brokers.add(address(one.trim()));
        }
        return brokers;
    }

    /** Whether there are settings for Kafka's client library. */
    boolean hasProperties() {
        return !properties.isEmpty();
    }

    /**
     * The brokers as they are given, for Braid's own clients.
     *
     * @throws CliException when none can be reached: the client itself would go on trying
     */
    String reachable() {
        reach();
        return bootstrap;
    }

    /**
     * Settings for a Kafka client.
     *
     * @throws CliException when no broker can be reached: the client itself would go on trying
     */
    Map<String, Object> connected(Map<String, Object> defaults) {
        reach();
        Map<String, Object> settings = new HashMap<>(defaults);
        settings.put(CommonClientConfigs.CLIENT_ID_CONFIG, "braid-cli");
        settings.putAll(properties);
        settings.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrap);
        return settings;
    }

    private void reach() {
        String problem = "";
        for (String one : bootstrap.split(",", -1)) {
            HostPort address = address(one.trim());
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(address.host(), address.port()), CONNECT_TIMEOUT_MS);
                return;
            } catch (IOException e) {
                problem = "cannot connect to " + address + ": " + reason(e);
            }
        }
        throw CliException.failed(problem);
    }

    static HostPort address(String text) {
        try {
            HostPort address = HostPort.parse(text);
            if (!address.host().isEmpty() && address.port() > 0) {
                return address;
            }
        } catch (IllegalArgumentException e) {
            // the message below says what is allowed
        }
        throw CliException.usage("--bootstrap must be HOST:PORT, not " + text);
    }

    private static String reason(IOException e) {
        return e instanceof UnknownHostException ? "unknown host" : e.getMessage();
    }
}
