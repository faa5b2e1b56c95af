package io.braid.broker.group;

import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.protocol.Errors;

/** Answers of the classic protocol that several places give. */
final class ClassicAnswers {
    private static final int NO_GENERATION = -1;

    private ClassicAnswers() {}

    static JoinGroupResponseData joinFailed(String memberId, Errors error) {
        return new JoinGroupResponseData()
                .setErrorCode(error.code())
                .setGenerationId(NO_GENERATION)
                .setProtocolName(null)
                .setLeader("")
                .setMemberId(memberId);
    }
}
