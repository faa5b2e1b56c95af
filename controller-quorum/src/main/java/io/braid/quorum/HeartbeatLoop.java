package io.braid.quorum;

import io.braid.quorum.message.BrokerHeartbeatRequest;
import io.braid.quorum.message.BrokerHeartbeatRequest.Wish;
import io.braid.quorum.message.BrokerHeartbeatResponse;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends a broker's heartbeats to all controllers, on a thread of its own: whatever else the broker is busy with, applying a
 * large image for one, its session lives. Thread-safe.
 */
@SuppressWarnings("FutureReturnValueIgnored") // answers go to the listener
final class HeartbeatLoop implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HeartbeatLoop.class);

    /** Told of answers, on any thread; must not block. */
    interface Listener {
        void onAnswer(ControllerChannel from, BrokerHeartbeatRequest request, BrokerHeartbeatResponse answer);
    }

    private final int brokerId;
    private final SessionConfig config;
    private final Supplier<List<ControllerChannel>> controllers;
    private final LongSupplier imageVersion;
    private final Listener listener;
    private final ScheduledThreadPoolExecutor thread;
    private volatile long brokerEpoch = -1;
    private volatile Wish wish = Wish.STAY_FENCED;

    HeartbeatLoop(
            SessionConfig config,
            Supplier<List<ControllerChannel>> controllers,
            LongSupplier imageVersion,
            Listener listener) {
        this.brokerId = config.registration().brokerId();
        this.config = config;
        this.controllers = controllers;
        this.imageVersion = imageVersion;
        this.listener = listener;
        this.thread = new ScheduledThreadPoolExecutor(1, task -> {
            Thread owner = new Thread(task, "braid-heartbeat-" + brokerId);
            owner.setDaemon(true);
            return owner;
        });
        thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        long intervalMs = config.heartbeatInterval().toMillis();
        thread.scheduleAtFixedRate(this::sendAll, intervalMs, intervalMs, TimeUnit.MILLISECONDS);
    }

    /** The broker is registered under this epoch. */
    void registered(long epoch) {
        brokerEpoch = epoch;
        sendNow();
    }

    /** Says it to the controllers at once, and from then on. */
    void wish(Wish wanted) {
        wish = wanted;
        sendNow();
    }

    private void sendNow() {
        try {
            thread.execute(this::sendAll);
        } catch (RejectedExecutionException e) {
            LOG.trace("closed", e);
        }
    }

    private void sendAll() {
        if (brokerEpoch < 0) {
            return;
        }
        try {
            BrokerHeartbeatRequest heartbeat =
                    new BrokerHeartbeatRequest(brokerId, brokerEpoch, imageVersion.getAsLong(), wish);
            for (ControllerChannel controller : controllers.get()) {
                controller.send(heartbeat, config.requestTimeout()).thenAccept(response -> {
                    if (response instanceof BrokerHeartbeatResponse answer) {
                        listener.onAnswer(controller, heartbeat, answer);
                    }
                });
            }
        } catch (RuntimeException e) {
            LOG.error("a heartbeat failed", e);
        }
    }

    @Override
    public void close() {
        thread.shutdown();
    }
}
