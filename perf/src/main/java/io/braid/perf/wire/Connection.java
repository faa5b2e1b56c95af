package io.braid.perf.wire;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.message.ResponseHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.ObjectSerializationCache;

/** A blocking connection to a node; answers come in the order of the requests. One thread. */
public final class Connection implements AutoCloseable {
    private static final String CLIENT_ID = "braid-perf";

    private final SocketChannel channel;
    private ByteBuffer out = ByteBuffer.allocateDirect(1 << 20);
    private ByteBuffer in = ByteBuffer.allocateDirect(1 << 20);
    private int nextCorrelationId;
    private int awaitedCorrelationId;

    /** Connects, and waits until it has. */
    public Connection(InetSocketAddress address) throws IOException {
        channel = SocketChannel.open(address);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    }

    /** Sends a request without waiting for its answer. */
    public void send(ApiKeys api, short version, ApiMessage request) throws IOException {
        RequestHeaderData header = new RequestHeaderData()
                .setRequestApiKey(api.id)
                .setRequestApiVersion(version)
                .setCorrelationId(nextCorrelationId++)
                .setClientId(CLIENT_ID);
        short headerVersion = api.requestHeaderVersion(version);
        ObjectSerializationCache sizes = new ObjectSerializationCache();
        int bytes = header.size(sizes, headerVersion) + request.size(sizes, version);
        if (out.capacity() < bytes + Integer.BYTES) {
            out = ByteBuffer.allocateDirect(2 * bytes);
        }
        out.clear();
        out.putInt(bytes);
        ByteBufferAccessor writable = new ByteBufferAccessor(out);
        header.write(writable, sizes, headerVersion);
        request.write(writable, sizes, version);
        out.flip();
        while (out.hasRemaining()) {
            channel.write(out);
        }
    }

    /** Waits for the next answer: its body, good until the next call. */
    public ByteBuffer receive(ApiKeys api, short version) throws IOException {
        read(Integer.BYTES);
        int bytes = in.getInt();
        if (in.capacity() < bytes) {
            in = ByteBuffer.allocateDirect(2 * bytes);
        }
        read(bytes);
        ResponseHeaderData header =
                new ResponseHeaderData(new ByteBufferAccessor(in), api.responseHeaderVersion(version));
        if (header.correlationId() != awaitedCorrelationId++) {
            throw new IOException("an answer to request " + header.correlationId() + " came out of order");
        }
        return in;
    }

    private void read(int bytes) throws IOException {
        in.clear().limit(bytes);
        while (in.hasRemaining()) {
            if (channel.read(in) < 0) {
                throw new EOFException("the node closed the connection");
            }
        }
        in.flip();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
