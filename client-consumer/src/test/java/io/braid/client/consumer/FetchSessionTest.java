package io.braid.client.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

/** The table of {@link FetchSession}: what each answer makes of the next request. */
class FetchSessionTest {
    private static final short VERSION = 17;
    private static final int ID = 7;

    private final FetchSession session = new FetchSession(1);
    private final AssignedTopic topic = new AssignedTopic("t");
    private final AssignedPartition first = partition(0);
    private final AssignedPartition second = partition(1);
    private long serial;

    private AssignedPartition partition(int number) {
        AssignedPartition partition = new AssignedPartition(topic, number);
        partition.fetchOffset = 10L * number;
        session.add(partition);
        return partition;
    }

    private FetchSession.Call next() {
        topic.id = Tables.ID;
        return session.next(VERSION, ++serial, 1024);
    }

    /** A session that the broker keeps, with both partitions in it. */
    private void establish() {
        session.onAnswer(next(), ID, 2);
    }

    private static List<Integer> named(FetchRequestData request) {
        return request.topics().stream()
                .flatMap(one -> one.partitions().stream())
                .map(FetchRequestData.FetchPartition::partition)
                .toList();
    }

    private static void assertFull(FetchSession.Call call, int sessionId) {
        assertThat(call.full()).isTrue();
        assertThat(call.request().sessionId()).isEqualTo(sessionId);
        assertThat(call.request().sessionEpoch()).isZero();
        assertThat(named(call.request())).containsExactlyInAnyOrder(0, 1);
        assertThat(call.request().forgottenTopicsData()).isEmpty();
    }

    @Test
    void theFirstRequestNamesAllAndTheNextOnesWhatIsNew() {
        assertFull(next(), 0);
        session.onAnswer(new FetchSession.Call(session, serial, new FetchRequestData(), true, 2), ID, 2);

        for (int epoch = 1; epoch < 4; epoch++) {
            session.touch(second);
            FetchSession.Call call = next();
            assertThat(call.full()).isFalse();
            assertThat(call.request().sessionId()).isEqualTo(ID);
            assertThat(call.request().sessionEpoch()).isEqualTo(epoch);
            assertThat(named(call.request())).containsExactly(1);
            session.onAnswer(call, ID, 0);
        }
    }

    @Test
    void aBrokerWithoutRoomForASessionGetsFullRequests() {
        session.onAnswer(next(), 0, 2);
        assertFull(next(), 0);
    }

    @Test
    void aSessionThatTheBrokerDoesNotKnowIsBegunAnew() {
        establish();
        next();
        session.onRefused(Errors.FETCH_SESSION_ID_NOT_FOUND);
        assertFull(next(), 0);
    }

    @Test
    void afterAnyOtherErrorTheOldSessionIsClosed() {
        for (Errors error : List.of(
                Errors.INVALID_FETCH_SESSION_EPOCH, Errors.FETCH_SESSION_TOPIC_ID_ERROR, Errors.UNKNOWN_SERVER_ERROR)) {
            establish();
            next();
            session.onRefused(error);
            assertFull(next(), ID);
        }
    }

    @Test
    void soItIsWhenNoAnswerCame() {
        establish();
        next();
        session.onLost();
        assertFull(next(), ID);
    }

    @Test
    void aFullAnswerThatLeavesAPartitionOutIsNotTrusted() {
        session.onAnswer(next(), ID, 1);
        assertFull(next(), ID);
    }

    @Test
    void whatWasRestartedWhileAnAnswerWasAwaitedIsNamedAnew() {
        establish();
        FetchSession.Call call = next();
        session.restart();
        session.onAnswer(call, ID, 0);
        assertFull(next(), ID);
    }

    @Test
    void theBrokerIsToldOnceToForget() {
        establish();
        session.remove(first);
        FetchSession.Call call = next();
        assertThat(call.request().forgottenTopicsData().get(0).partitions()).containsExactly(0);
        session.onAnswer(call, ID, 0);
        assertThat(next().request().forgottenTopicsData()).isEmpty();
    }

    @Test
    void whatComesBackBeforeItWasForgottenIsNamedOnly() {
        establish();
        session.remove(first);
        session.add(first);
        FetchRequestData request = next().request();
        assertThat(named(request)).containsExactly(0);
        assertThat(request.forgottenTopicsData()).isEmpty();
    }

    /** A rebalance that gives everything up and gets it again: brokers add before they forget. */
    @Test
    void whatComesBackAsAnotherObjectIsNotForgottenEither() {
        establish();
        session.remove(first);
        session.remove(second);
        AssignedTopic again = new AssignedTopic("t");
        again.id = Tables.ID;
        AssignedPartition back = new AssignedPartition(again, 0);
        session.add(back);

        FetchSession.Call call = next();
        assertThat(named(call.request())).containsExactly(0);
        assertThat(call.request().forgottenTopicsData())
                .flatExtracting(FetchRequestData.ForgottenTopic::partitions)
                .containsExactly(1);
        session.onAnswer(call, ID, 0);

        session.remove(back);
        session.add(new AssignedPartition(again, 1)); // so that there is something to ask for
        assertThat(next().request().forgottenTopicsData())
                .flatExtracting(FetchRequestData.ForgottenTopic::partitions)
                .containsExactly(0);
    }

    @Test
    void aTopicThatWasMadeAnewIsNotTheOneToForget() {
        establish();
        session.remove(first);
        AssignedTopic anew = new AssignedTopic("t");
        anew.id = new Uuid(3, 4);
        session.add(new AssignedPartition(anew, 0));

        FetchRequestData request = next().request();
        assertThat(request.topics())
                .extracting(FetchRequestData.FetchTopic::topicId)
                .containsExactly(anew.id);
        assertThat(request.forgottenTopicsData())
                .extracting(FetchRequestData.ForgottenTopic::topicId)
                .containsExactly(Tables.ID);
    }

    @Test
    void answersToEarlierRequestsAreNotForOneThatCameBack() {
        establish();
        FetchSession.Call before = next();
        session.remove(first);
        session.add(first);
        assertThat(first.joinedSerial).isGreaterThan(before.serial());
        session.onAnswer(before, ID, 0);
        FetchSession.Call after = next();
        assertThat(first.joinedSerial).isEqualTo(after.serial());
    }

    @Test
    void topicsAreNamedByNameForOldBrokersInASessionOfItsOwn() {
        establish();
        FetchSession.Call call = session.next((short) 12, ++serial, 1024);
        assertFull(call, ID);
        assertThat(call.request().topics().get(0).topic()).isEqualTo("t");
    }

    @Test
    void brokersBeforeSessionsGetFullRequestsWithoutOne() {
        for (int i = 0; i < 2; i++) {
            FetchSession.Call call = session.next((short) 5, ++serial, 1024);
            assertThat(named(call.request())).containsExactlyInAnyOrder(0, 1);
            assertThat(call.request().sessionEpoch()).isEqualTo(-1);
            session.onAnswer(call, 0, 2);
        }
    }
}
