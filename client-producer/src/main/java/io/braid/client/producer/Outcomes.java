package io.braid.client.producer;

import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells listeners how their records ended. On the event loop. */
final class Outcomes {
    private static final Logger log = LoggerFactory.getLogger(Outcomes.class);

    private final ProducerMetrics metrics;
    private final Runnable afterwards;

    /** @param afterwards runs when outcomes have been told: what waits for a flush looks again */
    Outcomes(ProducerMetrics metrics, Runnable afterwards) {
        this.metrics = metrics;
        this.afterwards = afterwards;
    }

    static RuntimeException closed() {
        return new IllegalStateException("the producer was closed before the record was acknowledged");
    }

    void tell(List<Finished> finished) {
        if (finished.isEmpty()) {
            return;
        }
        for (Finished one : finished) {
            metrics.onFinished(one);
            tell(one);
        }
        afterwards.run();
    }

    private static void tell(Finished one) {
        Batch batch = one.batch();
        for (int i = 0; i < batch.count; i++) {
            if (!(batch.listener(i) instanceof SendCallback callback)) {
                continue;
            }
            try {
                if (one.failure() == null) {
                    callback.onCompletion(metadata(one, i), null);
                } else {
                    callback.onCompletion(null, one.failure());
                }
            } catch (RuntimeException e) { // a listener's fault must not keep the others from hearing
                log.error("callback failed topic={}", batch.partition.topic.name, e);
            }
        }
    }

    private static RecordMetadata metadata(Finished one, int index) {
        Batch batch = one.batch();
        long offset = one.baseOffset() < 0 ? RecordMetadata.UNKNOWN_OFFSET : one.baseOffset() + index;
        long timestamp = one.logAppendTimeMs() >= 0 ? one.logAppendTimeMs() : batch.timestamp(index);
        return new RecordMetadata(batch.partition.topic.name, batch.partition.partition, offset, timestamp);
    }
}
