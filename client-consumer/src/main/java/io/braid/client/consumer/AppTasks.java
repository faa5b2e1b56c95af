package io.braid.client.consumer;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;

/** What is to be done by the application's thread: one after the other, whichever thread comes. Thread-safe. */
final class AppTasks {
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final ReentrantLock running = new ReentrantLock();
    private final Runnable signal;

    /** @param signal makes those who wait look again */
    AppTasks(Runnable signal) {
        this.signal = signal;
    }

    void add(Runnable task) {
        tasks.add(task);
        signal.run();
    }

    /** Runs what there is, unless another thread does; what a task throws goes on to the caller, the other tasks remain. */
    void run() {
        if (tasks.isEmpty() || running.isHeldByCurrentThread() || !running.tryLock()) {
            return;
        }
        try {
            for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                task.run();
            }
        } finally {
            running.unlock();
        }
    }
}
