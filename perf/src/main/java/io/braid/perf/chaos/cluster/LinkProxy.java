package io.braid.perf.chaos.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntBinaryOperator;

/**
 * Stands in front of one listener of one node: takes its connections, finds out which node each comes from, and passes
 * bytes on as {@link Links} says. Two threads a connection; a close travels like bytes, so that a cut hides it too.
 */
final class LinkProxy implements AutoCloseable {
    private static final int CHUNK = 64 << 10;

    private final Links links;
    private final Links.Lane lane;
    private final int node;
    private final InetSocketAddress target;
    private final IntBinaryOperator owner;
    private final ServerSocket listener;
    private final Set<Pair> pairs = ConcurrentHashMap.newKeySet();

    private record Pair(int from, Socket client, Socket server) {
        void close() {
            quietly(client);
            quietly(server);
        }
    }

    /** @param owner which node has the connection from one port to another, or {@link Links#UNKNOWN} */
    LinkProxy(
            Links links,
            Links.Lane lane,
            int node,
            InetSocketAddress listen,
            InetSocketAddress target,
            IntBinaryOperator owner)
            throws IOException {
        this.links = links;
        this.lane = lane;
        this.node = node;
        this.target = target;
        this.owner = owner;
        this.listener = new ServerSocket();
        listener.setReuseAddress(true);
        listener.bind(listen, 1024);
        thread("accept-" + node + "-" + lane, this::accept);
    }

    /** Closes all connections with a node, in both directions of opening them at once. */
    void drop(int from) {
        pairs.stream().filter(pair -> pair.from() == from).forEach(Pair::close);
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            // it accepts no more either way
        }
        pairs.forEach(Pair::close);
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                thread("link-" + node + "-" + lane, () -> connect(client));
            } catch (IOException e) {
                // closed, or a connection that is gone already
            }
        }
    }

    private void connect(Socket client) {
        int from = owner.applyAsInt(client.getPort(), client.getLocalPort());
        Socket server = new Socket();
        Pair pair = new Pair(from, client, server);
        pairs.add(pair);
        try {
            links.pass(from, node, lane);
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            server.connect(target, 5_000);
            thread("back-" + node + "-" + lane, () -> pump(pair, server, client, node, from));
            pump(pair, client, server, from, node);
        } catch (IOException e) {
            pair.close();
            pairs.remove(pair);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void pump(Pair pair, Socket in, Socket out, int from, int to) {
        byte[] chunk = new byte[CHUNK];
        try {
            InputStream source = in.getInputStream();
            OutputStream sink = out.getOutputStream();
            int bytes;
            while ((bytes = read(source, chunk)) >= 0) {
                links.pass(from, to, lane);
                sink.write(chunk, 0, bytes);
            }
            links.pass(from, to, lane);
        } catch (IOException e) {
            // closed by the other pump or by a reset: the same end
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        pair.close();
        pairs.remove(pair);
    }

    /** A reset is an end like any other, and is held back by a cut as one. */
    private static int read(InputStream source, byte[] chunk) {
        try {
            return source.read(chunk);
        } catch (IOException e) {
            return -1;
        }
    }

    private static void quietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // closed either way
        }
    }

    private static void thread(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }
}
