package io.braid.quorum;

import io.braid.protocol.network.ConnectOptions;
import io.braid.quorum.message.AlterQuorumRequest;
import io.braid.quorum.message.AlterQuorumResponse;
import io.braid.quorum.message.QuorumStatusRequest;
import io.braid.quorum.message.QuorumStatusResponse;
import io.braid.quorum.message.VendorResponse;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;

/**
 * Asks the controllers about the quorum, and changes it: for the command line. Finds the leader from any of them. Blocking;
 * owned by one thread.
 */
public final class QuorumClient implements AutoCloseable {
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(5);
    private static final long RETRY_MS = 100;

    private final EventLoopGroup group;
    private final Duration timeout;
    private final ConnectOptions options;
    private final SocketControllerChannel first;
    private SocketControllerChannel current;

    /**
     * Connects when it must.
     *
     * @param host and {@code port}: the controller listener of any controller
     * @param group which the caller owns
     * @param timeout after which it is given up
     */
    public QuorumClient(String host, int port, EventLoopGroup group, Duration timeout) {
        this(host, port, group, timeout, ConnectOptions.DEFAULT);
    }

    /** The same for controllers whose listener speaks TLS. */
    public QuorumClient(String host, int port, EventLoopGroup group, Duration timeout, ConnectOptions options) {
        this.group = group;
        this.timeout = timeout;
        this.options = options;
        this.first = new SocketControllerChannel(host, port, group, options);
        this.current = first;
    }

    /**
     * What the leader knows, or what the controller that was named knows if none leads in time.
     *
     * @throws IOException with one line, when no controller answers
     */
    public QuorumStatusResponse status() throws IOException, InterruptedException {
        long deadlineNs = System.nanoTime() + timeout.toNanos();
        QuorumStatusResponse last = null;
        IOException failure = new IOException("no controller answers");
        while (true) {
            try {
                QuorumStatusResponse answer = ask(new QuorumStatusRequest(), QuorumStatusResponse.class);
                last = answer;
                if (answer.info().leaderId() == answer.member().nodeId()) {
                    return answer;
                }
                follow(answer);
            } catch (IOException e) {
                failure = e;
                turnBack();
            }
            if (System.nanoTime() - deadlineNs >= 0) {
                if (last == null) {
                    throw failure;
                }
                return last;
            }
            Thread.sleep(RETRY_MS);
        }
    }

    /**
     * Changes who the controllers are.
     *
     * @throws IOException with one line, when it was refused, or no controller leads in time; then it may have been done
     */
    public AlterQuorumResponse alter(AlterQuorumRequest request) throws IOException, InterruptedException {
        long deadlineNs = System.nanoTime() + timeout.toNanos();
        String problem = "no controller leads";
        while (true) {
            try {
                AlterQuorumResponse answer = ask(request, AlterQuorumResponse.class);
                if (answer.error() == Errors.NONE) {
                    return answer;
                }
                if (answer.error() != Errors.NOT_CONTROLLER && answer.error() != Errors.INVALID_UPDATE_VERSION) {
                    throw new RefusedException(answer.message());
                }
                follow(answer);
            } catch (RefusedException e) {
                throw e;
            } catch (IOException e) {
                problem = e.getMessage();
                turnBack();
            }
            if (System.nanoTime() - deadlineNs >= 0) {
                throw new IOException(problem);
            }
            Thread.sleep(RETRY_MS);
        }
    }

    /** The controllers do not want it. */
    public static final class RefusedException extends IOException {
        private static final long serialVersionUID = 1L;

        RefusedException(String message) {
            super(message);
        }
    }

    private void follow(VendorResponse answer) {
        VendorResponse.Leader leader = answer.leader();
        String target = leader.host() + ":" + leader.port();
        if (!leader.host().isEmpty() && !current.target().equals(target)) {
            closeCurrent();
            current = new SocketControllerChannel(leader.host(), leader.port(), group, options);
        }
    }

    private void turnBack() {
        closeCurrent();
        current = first;
    }

    private void closeCurrent() {
        if (current != first) {
            current.close();
        }
    }

    private <T extends ApiMessage> T ask(ApiMessage request, Class<T> type) throws IOException, InterruptedException {
        try {
            ApiMessage answer =
                    current.send(request, REQUEST_TIMEOUT).get(REQUEST_TIMEOUT.toMillis() * 2, TimeUnit.MILLISECONDS);
            if (type.isInstance(answer)) {
                return type.cast(answer);
            }
            throw new IOException(current.target() + " is no controller");
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException io
                    ? io
                    : new IOException(e.getCause().toString(), e);
        } catch (TimeoutException e) {
            throw new IOException(current.target() + " does not answer", e);
        }
    }

    @Override
    public void close() {
        closeCurrent();
        first.close();
    }
}
