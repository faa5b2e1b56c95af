package io.braid.perf.groups;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ShareTableTest {
    private final ShareTable shares = new ShareTable(3);

    @Test
    void allIsSharedWhenEveryPartitionHasOneMember() {
        shares.enter(1);
        shares.enter(2);
        shares.add(1, List.of(0, 2));
        assertThat(shares.settled()).isFalse();
        shares.add(2, List.of(1));
        assertThat(shares.settled()).isTrue();
    }

    @Test
    void aPartitionWithTwoMembersIsNotSettled() {
        shares.enter(1);
        shares.enter(2);
        shares.add(1, List.of(0, 1, 2));
        shares.add(2, List.of(2));
        assertThat(shares.settled()).isFalse();
        shares.remove(1, List.of(2));
        assertThat(shares.settled()).isTrue();
    }

    @Test
    void aMemberWithoutPartitionsIsWaitedFor() {
        shares.enter(1);
        shares.add(1, List.of(0, 1, 2));
        shares.enter(2);
        assertThat(shares.settled()).isFalse();
    }

    @Test
    void whatALeavingMemberHadIsOpen() {
        shares.enter(1);
        shares.enter(2);
        shares.add(1, List.of(0, 1));
        shares.add(2, List.of(2));
        shares.leave(2);
        assertThat(shares.settled()).isFalse();
        shares.add(1, List.of(2));
        assertThat(shares.settled()).isTrue();
    }

    @Test
    void waitingEndsWithTheLimit() throws InterruptedException {
        shares.enter(1);
        assertThat(shares.awaitSettled(1)).isFalse();
        shares.add(1, List.of(0, 1, 2));
        assertThat(shares.awaitSettled(0)).isTrue();
    }
}
