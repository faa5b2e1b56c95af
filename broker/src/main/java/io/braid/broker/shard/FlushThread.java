package io.braid.broker.shard;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * Forces logs to disk, one at a time, away from the shard threads.
 *
 * <p>A shard asks once and is told when its log is durable; what was appended while a force ran is covered by the next
 * one, which makes a group commit.
 */
final class FlushThread implements Runnable {
    private final LinkedBlockingQueue<Optional<ShardHost>> requests = new LinkedBlockingQueue<>(); // empty: the end
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
        requests.add(Optional.of(host));
    }

    /** Requests that wait; any thread. */
    int queueDepth() {
        return requests.size();
    }

    @Override
    public void run() {
        try {
            for (Optional<ShardHost> next = requests.take(); next.isPresent() && running; next = requests.take()) {
                flush(next.get());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends after the force that runs, if any. Not by an interrupt: that would close the file that is forced. */
    void stop() {
        running = false;
        requests.add(Optional.empty());
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
