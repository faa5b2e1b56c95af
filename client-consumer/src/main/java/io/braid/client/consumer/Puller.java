package io.braid.client.consumer;

import java.util.ArrayList;
import java.util.List;

/** Reads what was fetched, a poll's worth at a time. Owned by the thread that polls. */
final class Puller<K, V> {
    private final SharedFetcher shared;
    private final ConsumerConfig config;
    private final Deserializer<K> keys;
    private final Deserializer<V> values;
    private final Runnable wake;

    /** @param wake lets the fetch loop look again */
    Puller(SharedFetcher shared, ConsumerConfig config, Deserializer<K> keys, Deserializer<V> values, Runnable wake) {
        this.shared = shared;
        this.config = config;
        this.keys = keys;
        this.values = values;
        this.wake = wake;
    }

    /** What there is, without waiting: at most {@code maxPollRecords}. */
    ConsumerRecords<K, V> collect() {
        List<List<ConsumerRecord<K, V>>> runs = new ArrayList<>();
        int left = config.maxPollRecords();
        while (left > 0) {
            Chunk chunk = shared.take();
            if (chunk == null) {
                break;
            }
            List<ConsumerRecord<K, V>> run = read(chunk, left);
            if (!run.isEmpty()) {
                runs.add(run);
                left -= run.size();
            }
        }
        return runs.isEmpty() ? ConsumerRecords.empty() : ConsumerRecords.of(runs);
    }

    private List<ConsumerRecord<K, V>> read(Chunk chunk, int most) {
        List<ConsumerRecord<K, V>> run = new ArrayList<>(Math.min(most, 64));
        boolean finished = false;
        try {
            if (chunk.reader == null) {
                chunk.reader = new RecordReader(chunk, config.checkCrc(), config.readCommitted());
            }
            RecordReader reader = chunk.reader;
            boolean done = false;
            while (run.size() < most && !done) {
                done = !reader.next();
                if (!done) {
                    run.add(reader.record(keys, values));
                }
            }
            long next = done ? chunk.nextOffset : reader.offset() + 1;
            finished = true;
            SharedFetcher.Finished how = shared.finish(chunk, next, done, true);
            if (how.mayFetch()) {
                wake.run();
            }
            return how.wanted() ? run : List.of();
        } catch (UnreadableRecordException e) {
            finished = true;
            boolean wanted = shared.unreadable(chunk, e);
            wake.run(); // memory came free
            return wanted ? run : List.of();
        } finally {
            if (!finished) { // an Error: what was read of the chunk is not given out, and read again
                shared.readAgain(chunk, AssignedPartition.NO_OFFSET);
                wake.run();
            }
        }
    }
}
