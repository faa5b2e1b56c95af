package io.braid.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.image.Endpoint;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

class MetadataStateTest {
    private static final Uuid CLIENT = new Uuid(1, 1);

    @Test
    void aCommandGivenUpIsNotAppliedLater() {
        MetadataState state = apply(MetadataState.EMPTY, 1, 0, 0, new Command.CreateCluster("c", (short) 1));
        state = apply(
                state,
                2,
                5,
                5,
                new Command.RegisterBroker(
                        1,
                        new Uuid(2, 2),
                        "",
                        List.of(),
                        List.of(),
                        Optional.empty(),
                        MetadataVersion.supported(),
                        -1));
        MetadataState.Applied late =
                state.apply(3, new Proposal(new RequestId(CLIENT, 4, 2), new Command.AllocateProducerIds(1, 2)));
        assertThat(late.result().error()).isEqualTo(Errors.INVALID_REQUEST);
        assertThat(late.state()).isSameAs(state);
    }

    @Test
    void whatIsKeptOfClientsIsBounded() {
        MetadataState state = apply(MetadataState.EMPTY, 1, 0, 0, new Command.CreateCluster("c", (short) 1));
        for (int i = 0; i < 3 * Limits.MAX_CLIENTS; i++) {
            RequestId id = new RequestId(new Uuid(i, 3), 0, 0);
            state = state.apply(i + 2, new Proposal(id, new Command.RaiseMetadataVersion((short) 1)))
                    .state();
            assertThat(state.requests().size()).isLessThanOrEqualTo(Limits.MAX_CLIENTS);
        }
        for (int i = 0; i < 1_000; i++) {
            RequestId id = new RequestId(CLIENT, i, Math.max(0, i - 200));
            state = state.apply(100_000 + i, new Proposal(id, new Command.RaiseMetadataVersion((short) 1)))
                    .state();
        }
        int[] answers = new int[1];
        state.requests()
                .forEach(client ->
                        answers[0] = Math.max(answers[0], client.answers().size()));
        assertThat(answers[0]).isEqualTo(201);
    }

    @Test
    void aBrokersNewIncarnationLetsTheOldResultsGo() {
        MetadataState state = apply(MetadataState.EMPTY, 1, 0, 0, new Command.CreateCluster("c", (short) 1));
        Uuid first = new Uuid(10, 10);
        state = state.apply(2, new Proposal(new RequestId(first, 0, 0), registration(1, first)))
                .state();
        int before = state.requests().size();
        Uuid second = new Uuid(11, 11);
        state = state.apply(3, new Proposal(new RequestId(second, 0, 0), registration(1, second)))
                .state();
        assertThat(state.requests().size()).isEqualTo(before);
    }

    private static MetadataState apply(MetadataState state, long index, long sequence, long below, Command command) {
        return state.apply(index, new Proposal(new RequestId(CLIENT, sequence, below), command))
                .state();
    }

    private static Command.RegisterBroker registration(int id, Uuid incarnation) {
        return new Command.RegisterBroker(
                id,
                incarnation,
                "boot",
                List.of(new Uuid(id, 0)),
                List.of(new Endpoint("A", "host", 1), new Endpoint("B", "host", 2)),
                id % 2 == 0 ? Optional.of("rack" + id % 3) : Optional.empty(),
                MetadataVersion.supported(),
                -1);
    }
}
