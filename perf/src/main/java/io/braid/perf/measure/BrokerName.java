package io.braid.perf.measure;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;

/** Tells which broker answers. Stateless; blocks. */
public final class BrokerName {
    /** A feature (KIP-584) that every Apache Kafka of KRaft has since 3.9, and Braid, whose quorum is another, has not. */
    private static final String FEATURE_OF_KAFKA = "kraft.version";

    private BrokerName() {}

    /**
     * {@code braid} or {@code kafka}, as result lines have it.
     *
     * @throws ExecutionException what the brokers said
     * @throws TimeoutException none answers
     */
    public static String of(Admin admin) throws ExecutionException, InterruptedException, TimeoutException {
        return admin.describeFeatures()
                        .featureMetadata()
                        .get(30, TimeUnit.SECONDS)
                        .supportedFeatures()
                        .containsKey(FEATURE_OF_KAFKA)
                ? "kafka"
                : "braid";
    }
}
