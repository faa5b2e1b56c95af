package io.braid.broker.shard;

import java.io.IOException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Forces logs to disk, one at a time, away from the shard threads.
 *
 * <p>A shard asks once and is told when its log is durable; what was appended while a force ran is covered by the next
 * one, which makes a group commit.
 */
final class FlushThread implements Runnable {
    private final LinkedBlockingQueue<ShardHost> requests = new LinkedBlockingQueue<>();
    private final Thread thread;
    private volatile boolean running = true;

    FlushThread(String name) {
        this.thread = new Thread(this, name);
        this.thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Asks for a force of the shard's log. Shard thread; a host has at most one request in here. */
    void request(ShardHost host) {
        requests.add(host);
    }

    /** Requests that wait; any thread. */
    int queueDepth() {
        return requests.size();
    }

    @Override
    public void run() {
        while (running) {
            try {
                ShardHost host = requests.poll(1, TimeUnit.SECONDS);
                if (host != null) {
                    flush(host);
                }
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    void stop() {
        running = false;
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void flush(ShardHost host) {
        try {
            host.flushed(host.flusher().flush());
        } catch (IOException | RuntimeException e) {
            host.flushFailed(e);
        }
    }
}
