package io.braid.quorum;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.controller.Command;
import io.braid.image.ControllerImage;
import io.braid.quorum.message.QuorumStatusResponse;
import io.braid.quorum.message.QuorumStatusResponse.Member;
import io.braid.quorum.message.VendorResponse.Leader;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The pure parts of who is a controller. */
class MembershipPlanTest {
    private static final List<ControllerImage> JOINED =
            IntStream.rangeClosed(1, 3).mapToObj(id -> controller(id, 0, true)).toList();
    private static final List<Voter> VOTERS = JOINED.stream().map(Voter::of).toList();

    @Test
    void theFirstLeaderWritesDownWhoIsConfiguredAndMarksWhoIsThere() {
        List<ControllerImage> configured = IntStream.rangeClosed(1, 3)
                .mapToObj(id -> controller(id, 0, false))
                .toList();
        MembershipPlan plan = MembershipPlan.next(List.of(), configured, VOTERS, VOTERS.subList(0, 2), VOTERS.get(0));
        assertThat(plan.command())
                .contains(new Command.AlterControllers(
                        List.of(), List.of(controller(1, 0, true), controller(2, 0, true), controller(3, 0, false))));
    }

    @Test
    void nothingIsDoneWhereAllIsWellOrNobodyIsConfigured() {
        assertThat(plan(JOINED, VOTERS, 0).nothing()).isTrue();
        assertThat(MembershipPlan.next(List.of(), List.of(), VOTERS, VOTERS, VOTERS.get(0))
                        .nothing())
                .isTrue();
        assertThat(plan(JOINED, List.of(), 0).nothing()).isTrue();
    }

    @Test
    void anExpectedControllerVotesOnceItClaimedItsPlace() {
        List<ControllerImage> expected = with(controller(4, 9, false));
        assertThat(plan(expected, VOTERS, 0).nothing()).isTrue();
        MembershipPlan plan = plan(with(controller(4, 9, true)), VOTERS, 0);
        assertThat(plan.voters()).extracting(Voter::peerId).containsExactly("1", "2", "3", "4-9");
    }

    @Test
    void whoWasReplacedLeavesFirst() {
        List<ControllerImage> replaced =
                List.of(JOINED.get(0), controller(2, 9, true), JOINED.get(2), controller(4, 10, true));
        assertThat(plan(replaced, VOTERS, 0).voters()).extracting(Voter::peerId).containsExactly("1", "3");
        List<Voter> without = List.of(VOTERS.get(0), VOTERS.get(2));
        assertThat(plan(replaced, without, 0).voters())
                .extracting(Voter::peerId)
                .containsExactly("1", "3", "2-9");
    }

    @Test
    void aLeaderThatIsToLeaveHandsOver() {
        MembershipPlan plan = plan(JOINED.subList(1, 3), VOTERS, 0);
        assertThat(plan.voters()).isEmpty();
        assertThat(plan.handOver()).contains(VOTERS.get(1));
    }

    @Test
    void aBlankControllerNeedsAMajorityOfBlankOnesToBegin() {
        assertThat(decide(OptionalInt.empty())).isEqualTo(BootstrapDecision.Kind.WAIT);
        assertThat(decide(OptionalInt.empty(), blank(2))).isEqualTo(BootstrapDecision.Kind.FORM);
        assertThat(decide(OptionalInt.of(0), blank(2))).isEqualTo(BootstrapDecision.Kind.WAIT);
        assertThat(decide(OptionalInt.empty(), blank(2), answer(3, false, "", 0, List.of())))
                .isEqualTo(BootstrapDecision.Kind.WAIT);
    }

    @Test
    void aClusterThatExistsDecidesWhoBegins() {
        QuorumStatusResponse member = answer(2, false, "c", 7, JOINED);
        assertThat(decide(OptionalInt.empty(), member)).isEqualTo(BootstrapDecision.Kind.REFUSE);
        assertThat(decide(OptionalInt.of(0), member)).isEqualTo(BootstrapDecision.Kind.JOIN);
        assertThat(decide(OptionalInt.empty(), answer(2, false, "c", 7, JOINED.subList(1, 3))))
                .isEqualTo(BootstrapDecision.Kind.REFUSE);
        assertThat(decide(OptionalInt.empty(), member, answer(3, false, "other", 9, JOINED)))
                .isEqualTo(BootstrapDecision.Kind.REFUSE);
        List<ControllerImage> expecting = List.of(controller(1, 9, false), JOINED.get(1), JOINED.get(2));
        assertThat(decide(OptionalInt.empty(), member, answer(3, false, "c", 8, expecting)))
                .isEqualTo(BootstrapDecision.Kind.JOIN);
        assertThat(decide(OptionalInt.empty(), member, blank(3))).isEqualTo(BootstrapDecision.Kind.REFUSE);
    }

    @Test
    void aControllerThatTheRaftGroupHasAlreadyStartsAsOneOfItsVoters() {
        List<ControllerImage> expecting = List.of(controller(1, 0, false), JOINED.get(1), JOINED.get(2));
        BootstrapDecision late = BootstrapDecision.decide(
                1, 3, OptionalInt.empty(), List.of(answer(2, false, "c", 7, expecting, VOTERS)));
        assertThat(late.kind()).isEqualTo(BootstrapDecision.Kind.JOIN);
        assertThat(late.voters()).containsExactlyElementsOf(VOTERS);

        List<ControllerImage> replaced = List.of(controller(1, 9, false), JOINED.get(1), JOINED.get(2));
        BootstrapDecision taken = BootstrapDecision.decide(
                1, 3, OptionalInt.empty(), List.of(answer(2, false, "c", 8, replaced, VOTERS)));
        assertThat(taken.kind()).isEqualTo(BootstrapDecision.Kind.JOIN);
        assertThat(taken.voters()).as("another generation is in the group").isEmpty();
    }

    private static BootstrapDecision.Kind decide(OptionalInt claimed, QuorumStatusResponse... answers) {
        return BootstrapDecision.decide(1, 3, claimed, List.of(answers)).kind();
    }

    private static QuorumStatusResponse blank(int nodeId) {
        return answer(nodeId, true, "", 0, List.of());
    }

    private static QuorumStatusResponse answer(
            int nodeId, boolean blank, String cluster, long version, List<ControllerImage> controllers) {
        return answer(nodeId, blank, cluster, version, controllers, List.of());
    }

    private static QuorumStatusResponse answer(
            int nodeId,
            boolean blank,
            String cluster,
            long version,
            List<ControllerImage> controllers,
            List<Voter> voters) {
        List<QuorumInfo.VoterInfo> group = voters.stream()
                .map(v -> new QuorumInfo.VoterInfo(v.nodeId(), v.generation(), v.host(), v.port(), -1, -1))
                .toList();
        return new QuorumStatusResponse(
                new Member(nodeId, blank, cluster, version),
                Leader.UNKNOWN,
                new QuorumInfo(-1, 0, -1, group, List.of()),
                controllers);
    }

    private static MembershipPlan plan(List<ControllerImage> named, List<Voter> voters, int self) {
        return MembershipPlan.next(named, List.of(), voters, voters, VOTERS.get(self));
    }

    private static List<ControllerImage> with(ControllerImage more) {
        return List.of(JOINED.get(0), JOINED.get(1), JOINED.get(2), more);
    }

    private static ControllerImage controller(int id, int generation, boolean joined) {
        return new ControllerImage(id, generation, "h", 9093 + 10 * id, 9094 + 10 * id, joined);
    }
}
