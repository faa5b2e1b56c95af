package io.braid.client.consumer.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.client.consumer.PartitionSet;
import io.braid.client.network.Backoff;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CommitQueueTest {
    private static final long LATER = 1_000_000_000_000L;
    private static final TopicPartition A = new TopicPartition("t", 0);
    private static final TopicPartition B = new TopicPartition("t", 1);

    private final CommitQueue queue =
            new CommitQueue("g", new Backoff(Duration.ofMillis(10), Duration.ofMillis(10), () -> 0.5));

    private static Map<TopicPartition, OffsetAndMetadata> at(TopicPartition partition, long offset) {
        return Map.of(partition, new OffsetAndMetadata(offset));
    }

    private void answer(Map<TopicPartition, Errors> outcomes) {
        queue.onOutcomes(outcomes, true, 0);
    }

    @Test
    void oneRequestAtATimeAndWhatWaitsTravelsTogether() {
        Commit first = queue.add(at(A, 1), LATER);
        assertThat(queue.next(0)).isEqualTo(at(A, 1));
        Commit second = queue.add(at(A, 2), LATER);
        Commit third = queue.add(Map.of(A, new OffsetAndMetadata(3), B, new OffsetAndMetadata(9)), LATER);

        assertThat(queue.next(0)).as("while one is on its way").isEmpty();
        answer(Map.of(A, Errors.NONE));
        assertThat(queue.takeFinished()).containsExactly(first);
        assertThat(queue.next(0))
                .containsOnly(Map.entry(A, new OffsetAndMetadata(3)), Map.entry(B, new OffsetAndMetadata(9)));
        answer(Map.of(A, Errors.NONE, B, Errors.NONE));
        assertThat(queue.takeFinished()).containsExactly(second, third);
        assertThat(queue.open()).isEmpty();
    }

    @Test
    void whatIsTriedAgainNeverOvertakesWhatCameLater() {
        Commit first = queue.add(at(A, 1), LATER);
        queue.next(0);
        Commit second = queue.add(at(A, 2), LATER);
        queue.onNoAnswer(0);

        assertThat(queue.next(0)).as("in the pause").isEmpty();
        assertThat(queue.next(queue.nextNs(0))).isEqualTo(at(A, 2));
        answer(Map.of(A, Errors.NONE));
        assertThat(queue.takeFinished()).containsExactlyInAnyOrder(first, second);
    }

    @ParameterizedTest
    @EnumSource(
            value = Errors.class,
            names = {
                "COORDINATOR_LOAD_IN_PROGRESS",
                "NOT_COORDINATOR",
                "COORDINATOR_NOT_AVAILABLE",
                "REQUEST_TIMED_OUT",
                "UNKNOWN_TOPIC_OR_PARTITION",
                "UNKNOWN_TOPIC_ID",
                "REBALANCE_IN_PROGRESS",
                "STALE_MEMBER_EPOCH",
                "ILLEGAL_GENERATION"
            })
    void whatPassesIsTriedAgain(Errors error) {
        Commit commit = queue.add(at(A, 1), LATER);
        queue.next(0);
        answer(Map.of(A, error));

        assertThat(commit.done()).isFalse();
        assertThat(queue.next(queue.nextNs(0))).isEqualTo(at(A, 1));
    }

    @ParameterizedTest
    @EnumSource(
            value = Errors.class,
            names = {"UNKNOWN_MEMBER_ID", "FENCED_INSTANCE_ID", "FENCED_MEMBER_EPOCH"})
    void whoIsThrownOutCannotCommit(Errors error) {
        Commit commit = queue.add(at(A, 1), LATER);
        queue.next(0);
        answer(Map.of(A, error));

        assertThat(commit.failure()).get().isInstanceOf(CommitFailedException.class);
    }

    @ParameterizedTest
    @EnumSource(
            value = Errors.class,
            names = {"ILLEGAL_GENERATION", "STALE_MEMBER_EPOCH", "REBALANCE_IN_PROGRESS"})
    void aGroupWithMembersIsNotCommittedForFromOutside(Errors error) {
        Commit commit = queue.add(at(A, 1), LATER);
        queue.next(0);
        queue.onOutcomes(Map.of(A, error), false, 0);

        assertThat(commit.failure()).get().isInstanceOf(CommitFailedException.class);
    }

    @Test
    void onePartitionsFailureFailsTheCommitAndNotOthers() {
        Commit both = queue.add(Map.of(A, new OffsetAndMetadata(1), B, new OffsetAndMetadata(1)), LATER);
        Commit one = queue.add(at(B, 2), LATER);
        queue.next(0);
        answer(Map.of(A, Errors.GROUP_AUTHORIZATION_FAILED, B, Errors.NONE));

        assertThat(both.failure()).get().isInstanceOf(GroupAuthorizationException.class);
        assertThat(one.done()).isTrue();
        assertThat(one.failure()).isEmpty();
    }

    @Test
    void partitionsThatWentAwayAreNotSentAgain() {
        Commit inFlight = queue.add(at(A, 1), LATER);
        queue.next(0);
        Commit waiting = queue.add(at(A, 2), LATER);
        Commit other = queue.add(at(B, 5), LATER);
        queue.onGone(PartitionSet.of(A));
        assertThat(waiting.failure()).get().isInstanceOf(CommitFailedException.class);
        queue.onNoAnswer(0);

        assertThat(inFlight.failure()).get().isInstanceOf(CommitFailedException.class);
        assertThat(queue.next(queue.nextNs(0))).isEqualTo(at(B, 5));
        assertThat(other.done()).isFalse();
    }

    @Test
    void whatTakesTooLongFailsAndIsForgotten() {
        Commit commit = queue.add(at(A, 1), 100);
        queue.next(0);
        queue.onNoAnswer(0);
        assertThat(queue.nextNs(0)).isEqualTo(100);
        queue.expire(100);

        assertThat(commit.failure()).get().isInstanceOf(TimeoutException.class);
        assertThat(queue.next(LATER)).isEmpty();
        assertThat(queue.nextNs(LATER)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void veryManyPartitionsGoInSeveralRequests() {
        Map<TopicPartition, OffsetAndMetadata> many = new HashMap<>();
        IntStream.range(0, 20_000)
                .forEach(p ->
                        many.put(new TopicPartition("topic", p), new OffsetAndMetadata(p, "a note of the member")));
        Commit commit = queue.add(many, LATER);

        Map<TopicPartition, OffsetAndMetadata> sent = new HashMap<>();
        int requests = 0;
        for (var batch = queue.next(0); !batch.isEmpty(); batch = queue.next(0)) {
            sent.putAll(batch);
            requests++;
            assertThat(batch.size() * 64).isLessThan(CommitQueue.MAX_REQUEST_BYTES);
            Map<TopicPartition, Errors> outcomes = new HashMap<>();
            batch.keySet().forEach(partition -> outcomes.put(partition, Errors.NONE));
            answer(outcomes);
        }
        assertThat(sent).isEqualTo(many);
        assertThat(requests).isEqualTo(4);
        assertThat(queue.takeFinished()).isEqualTo(List.of(commit));
    }

    @Test
    void nothingToCommitIsDoneAtOnce() {
        assertThat(queue.add(Map.of(), LATER).done()).isTrue();
    }
}
