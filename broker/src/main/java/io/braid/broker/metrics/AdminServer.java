package io.braid.broker.metrics;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.StringWriter;
import java.io.Writer;
import java.net.InetSocketAddress;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP listener of a node: {@code /metrics}, {@code /healthz}, {@code /readyz}. It has two threads of its own and a
 * short queue, so that a slow scraper costs the node nothing. Thread-safe.
 */
public final class AdminServer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(AdminServer.class);
    private static final int THREADS = 2;
    private static final int QUEUE = 64;
    private static final String TEXT = "text/plain; charset=utf-8";
    private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

    /** Writes the metrics. */
    @FunctionalInterface
    public interface Scrape {
        void writeTo(Writer writer) throws IOException;
    }

    private record Answer(int status, String type, String body) {
        static Answer of(int status, String text) {
            return new Answer(status, TEXT, text + "\n");
        }
    }

    private final HttpServer server;
    private final ExecutorService threads;
    private final Scrape metrics;
    private final Supplier<Optional<String>> notReady;

    private AdminServer(HttpServer server, Scrape metrics, Supplier<Optional<String>> notReady) {
        this.server = server;
        this.metrics = metrics;
        this.notReady = notReady;
        AtomicInteger number = new AtomicInteger();
        this.threads = new ThreadPoolExecutor(
                THREADS, THREADS, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(QUEUE), task -> {
                    Thread thread = new Thread(task, "admin-" + number.getAndIncrement());
                    thread.setDaemon(true);
                    return thread;
                });
    }

    /**
     * Binds and serves.
     *
     * @param address port 0 picks a free one
     * @param metrics called by a thread of this server for each scrape
     * @param notReady why the node does not serve; empty while it does; called by a thread of this server
     * @throws IOException when the address cannot be bound; its message names the address and the key
     */
    public static AdminServer start(InetSocketAddress address, Scrape metrics, Supplier<Optional<String>> notReady)
            throws IOException {
        limitSlowClients();
        HttpServer http = bind(address);
        AdminServer admin = new AdminServer(http, metrics, notReady);
        http.setExecutor(admin.threads);
        http.createContext("/", admin::handle);
        http.start();
        return admin;
    }

    private static HttpServer bind(InetSocketAddress address) throws IOException {
        try {
            return HttpServer.create(address, QUEUE);
        } catch (IOException | UnresolvedAddressException e) {
            String reason = e.getMessage() == null ? "unknown host" : e.getMessage();
            String host = address.getHostString() + ":" + address.getPort();
            throw new IOException("cannot listen on " + host + " (admin.listener): " + reason, e);
        }
    }

    /** Where it listens. */
    public InetSocketAddress localAddress() {
        return server.getAddress();
    }

    /** A client that never finishes its request, or never reads, would otherwise keep a thread for ever. */
    private static void limitSlowClients() {
        for (String property : new String[] {"sun.net.httpserver.maxReqTime", "sun.net.httpserver.maxRspTime"}) {
            if (System.getProperty(property) == null) {
                System.setProperty(property, "10");
            }
        }
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            Answer answer =
                    answer(exchange.getRequestMethod(), exchange.getRequestURI().getPath());
            exchange.getResponseHeaders().set("Content-Type", answer.type());
            boolean head = exchange.getRequestMethod().equals("HEAD");
            byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(answer.status(), head ? -1 : body.length);
            if (!head) {
                exchange.getResponseBody().write(body);
            }
        }
    }

    private Answer answer(String method, String path) {
        if (!method.equals("GET") && !method.equals("HEAD")) {
            return Answer.of(405, "only GET and HEAD");
        }
        return switch (path) {
            case "/metrics" -> scrape();
            case "/healthz" -> Answer.of(200, "ok");
            case "/readyz" ->
                notReady.get()
                        .map(reason -> Answer.of(503, "not ready: " + reason))
                        .orElseGet(() -> Answer.of(200, "ready"));
            case "/" -> Answer.of(200, "/metrics\n/healthz\n/readyz");
            default -> Answer.of(404, "there is /metrics, /healthz and /readyz");
        };
    }

    private Answer scrape() {
        StringWriter body = new StringWriter(1 << 16);
        try {
            metrics.writeTo(body);
        } catch (IOException | RuntimeException e) {
            LOG.warn("event=scrape-failed reason=\"{}\"", e.toString());
            return Answer.of(500, "the metrics cannot be read: " + e);
        }
        return new Answer(200, PROMETHEUS, body.toString());
    }

    /** Closes the listener and its connections at once. */
    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
