package io.braid.perf.scaling;

import io.braid.perf.measure.ClientKind;
import io.braid.perf.measure.LoadProducer;
import io.braid.perf.measure.LoadTopics;
import io.braid.perf.measure.ProducerSettings;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Writes a record to random partitions and waits until all are acknowledged: only then does a broker serve them. Without idempotence, for
 * the reason that {@link io.braid.perf.measure.Settling} gives. Stateless; blocks.
 */
final class Probe {
    private static final byte[] VALUE = new byte[16];

    private Probe() {}

    /**
     * Returns when all are acknowledged.
     *
     * @param topics of each of which as many are taken as it has part in all partitions
     * @param records how many
     * @param limit after which it gives up
     * @throws IOException one failed, or the limit passed
     */
    static void run(String bootstrap, List<LoadTopics> topics, int records, Duration limit, Random random)
            throws IOException, InterruptedException {
        ProducerSettings plain = ProducerSettings.of(bootstrap);
        ProducerSettings settings = new ProducerSettings(
                bootstrap,
                "braid-perf-probe",
                512,
                0,
                "none",
                plain.bufferBytes(),
                "all",
                limit,
                limit,
                Map.of("enable.idempotence", "false", "retry.backoff.max.ms", "200", "reconnect.backoff.max.ms", "100"));
        long all = topics.stream().mapToLong(LoadTopics::partitions).sum();
        CountDownLatch open = new CountDownLatch(records);
        AtomicReference<Exception> failed = new AtomicReference<>();
        try (LoadProducer producer = ClientKind.KAFKA.producer(settings)) {
            for (int i = 0; i < records; i++) {
                long pick = (long) (random.nextDouble() * all);
                int in = 0;
                while (pick >= topics.get(in).partitions()) {
                    pick -= topics.get(in++).partitions();
                }
                LoadTopics picked = topics.get(in);
                producer.send(picked.topicOf((int) pick), picked.partitionOf((int) pick), VALUE, (offset, failure) -> {
                    if (failure != null) {
                        failed.compareAndSet(null, failure);
                    }
                    open.countDown();
                });
            }
            if (!open.await(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IOException(open.getCount() + " of " + records + " random partitions did not acknowledge");
            }
        }
        if (failed.get() != null) {
            throw new IOException("a random partition does not take records: " + failed.get(), failed.get());
        }
    }
}
