package io.braid.broker.node;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Starts what waits for each other. */
final class Starts {
    private Starts() {}

    /** Starts one of them. */
    interface Start<N> {
        N of(int id) throws Exception;
    }

    /** All of them side by side; returns when they are started. */
    static <N> Map<Integer, N> together(List<Integer> ids, Start<N> start) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(ids.size());
        try {
            Map<Integer, Future<N>> starting = new TreeMap<>();
            for (int id : ids) {
                starting.put(id, threads.submit(() -> start.of(id)));
            }
            Map<Integer, N> started = new TreeMap<>();
            for (Map.Entry<Integer, Future<N>> one : starting.entrySet()) {
                started.put(one.getKey(), one.getValue().get());
            }
            return started;
        } finally {
            threads.shutdownNow();
        }
    }
}
