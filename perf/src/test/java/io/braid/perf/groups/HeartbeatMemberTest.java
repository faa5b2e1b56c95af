package io.braid.perf.groups;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

class HeartbeatMemberTest {
    private static final Uuid TOPIC = new Uuid(1, 2);

    private final HeartbeatMember member = new HeartbeatMember("g", "t");

    private static ConsumerGroupHeartbeatResponseData answer(int epoch) {
        return new ConsumerGroupHeartbeatResponseData().setMemberEpoch(epoch);
    }

    private static ConsumerGroupHeartbeatResponseData assigned(int epoch) {
        return answer(epoch)
                .setAssignment(new ConsumerGroupHeartbeatResponseData.Assignment()
                        .setTopicPartitions(List.of(new ConsumerGroupHeartbeatResponseData.TopicPartitions()
                                .setTopicId(TOPIC)
                                .setPartitions(List.of(0, 1)))));
    }

    @Test
    void theFirstHeartbeatJoinsWithAllItHasToSay() {
        assertThat(member.next().memberEpoch()).isZero();
        assertThat(member.next().subscribedTopicNames()).containsExactly("t");
        assertThat(member.next().topicPartitions()).isEmpty();
        assertThat(member.joined()).isFalse();
    }

    @Test
    void whatItIsGivenItOwnsInTheNextHeartbeatAndThenSaysNothingMore() {
        member.take(assigned(3));
        assertThat(member.joined()).isFalse();
        assertThat(member.next().topicPartitions().get(0).topicId()).isEqualTo(TOPIC);
        assertThat(member.next().topicPartitions().get(0).partitions()).containsExactly(0, 1);

        member.take(answer(3));
        assertThat(member.joined()).isTrue();
        assertThat(member.next().memberEpoch()).isEqualTo(3);
        assertThat(member.next().topicPartitions()).isNull();
        assertThat(member.next().subscribedTopicNames()).isNull();
    }

    @Test
    void theSameAssignmentAgainIsNothingNew() {
        member.take(assigned(3));
        member.take(assigned(3));
        assertThat(member.joined()).isTrue();
    }

    @Test
    void aFencedMemberJoinsAgain() {
        member.take(assigned(3));
        assertThat(member.take(answer(0).setErrorCode(Errors.FENCED_MEMBER_EPOCH.code())))
                .isEqualTo(Errors.FENCED_MEMBER_EPOCH);
        assertThat(member.next().memberEpoch()).isZero();
        assertThat(member.next().topicPartitions()).isEmpty();
    }

    @Test
    void aCoordinatorThatIsNotReadyIsAskedAgain() {
        assertThat(member.take(answer(0).setErrorCode(Errors.COORDINATOR_LOAD_IN_PROGRESS.code())))
                .isEqualTo(Errors.COORDINATOR_LOAD_IN_PROGRESS);
        assertThat(member.joined()).isFalse();
    }

    @Test
    void otherErrorsAreFatal() {
        assertThatThrownBy(() -> member.take(answer(0).setErrorCode(Errors.INVALID_REQUEST.code())))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("INVALID_REQUEST");
    }
}
