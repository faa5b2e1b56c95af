package io.braid.protocol;

import java.util.Optional;
import org.apache.kafka.common.protocol.ApiMessage;

/**
 * A request as it came out of its frame.
 *
 * @param version of the answer; for a request in an ApiVersions version that is not spoken it is 0
 * @param clientId empty when the client sent none
 * @param viewsFrame whether the body refers to the frame's memory
 * @param refusal the answer, where the request is refused as a whole and no handler should see it
 */
public record DecodedRequest(
        Api api,
        short version,
        int correlationId,
        String clientId,
        ApiMessage body,
        boolean viewsFrame,
        Optional<ApiMessage> refusal) {}
