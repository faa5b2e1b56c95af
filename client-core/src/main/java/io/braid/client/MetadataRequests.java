package io.braid.client;

import io.braid.client.network.BrokerLink;
import java.time.Duration;
import java.util.Collection;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/** Metadata requests as clients send them, and what their answers say of topics that cannot be used. Stateless. */
final class MetadataRequests {
    private static final int HIGHEST_VERSION = 12;
    private static final int FIRST_VERSION_WITH_AUTO_CREATION = 4;

    private MetadataRequests() {}

    static CompletableFuture<MetadataResponseData> send(
            BrokerLink link, Collection<String> topics, boolean autoCreate, Duration timeout) {
        short version = link.versions().version(ApiKeys.METADATA, HIGHEST_VERSION);
        MetadataRequestData request = new MetadataRequestData();
        topics.forEach(name -> request.topics().add(new MetadataRequestTopic().setName(name)));
        if (version >= FIRST_VERSION_WITH_AUTO_CREATION) {
            request.setAllowAutoTopicCreation(autoCreate);
        }
        return link.send(ApiKeys.METADATA.id, version, request, timeout).thenApply(MetadataResponseData.class::cast);
    }

    /** Of an answer for one topic: how many partitions it has, empty when it does not exist; other errors are thrown. */
    static OptionalInt partitionCount(MetadataResponseData response) {
        OptionalInt count = OptionalInt.empty();
        for (MetadataResponseTopic topic : response.topics()) {
            Errors error = Errors.forCode(topic.errorCode());
            if (error != Errors.UNKNOWN_TOPIC_OR_PARTITION) {
                error.maybeThrow();
                count = OptionalInt.of(topic.partitions().size());
            }
        }
        return count;
    }

    /** Ends the wait for topics that will not come. */
    static void failHopeless(RoutingState state, MetadataResponseData response) {
        for (MetadataResponseTopic topic : response.topics()) {
            Errors error = Errors.forCode(topic.errorCode());
            if (error == Errors.TOPIC_AUTHORIZATION_FAILED || error == Errors.INVALID_TOPIC_EXCEPTION) {
                state.fail(topic.name(), error.exception(error.message() + " topic=" + topic.name()));
            }
        }
    }
}
