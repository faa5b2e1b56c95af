package io.braid.broker.produce;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.controller.Command;
import io.braid.controller.LocalController;
import io.braid.controller.MetadataVersion;
import io.braid.controller.NewTopic;
import io.braid.controller.PoolPolicy;
import io.braid.image.BrokerImage;
import io.braid.image.ClusterImage;
import io.braid.image.ShardImage;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

/** One shard on brokers 1 and 2, of which one leads. */
class HandoverTest {
    private final LocalController controller = new LocalController();
    private long nowNs = -5; // nanoTime may be anything
    private ClusterImage before;
    private int leader;

    HandoverTest() {
        controller.apply(new Command.CreateCluster("c", MetadataVersion.LATEST));
        controller.addBroker(1, "L", "h", 1);
        controller.addBroker(2, "L", "h", 2);
        controller.apply(new Command.CreateTopics(
                List.of(NewTopic.of(new Uuid(1, 1), "t", 1, 2, Map.of())), new PoolPolicy(1, 1), false));
        leader = controller.image().shards().get(0).leader();
        before = controller.image();
    }

    private Handover told(int self, Command command) {
        Handover handover = new Handover(self, () -> nowNs);
        controller.apply(command);
        handover.onImage(before, controller.image());
        return handover;
    }

    private Command fence(int id) {
        return new Command.FenceBroker(
                id, controller.image().broker(id).map(BrokerImage::epoch).orElseThrow());
    }

    @Test
    void theFormerLeaderKeepsItsAnswersBackForAMoment() {
        Handover handover = told(leader, fence(leader));

        assertThat(handover.waitNs()).isEqualTo(Handover.SPREAD_NS);
        nowNs += Handover.SPREAD_NS - 1;
        assertThat(handover.waitNs()).isEqualTo(1);
        nowNs += 2;
        assertThat(handover.waitNs()).isZero();
    }

    @Test
    void theNewLeaderAndBystandersDoNot() {
        assertThat(told(3 - leader, fence(leader)).waitNs()).isZero();
        assertThat(told(7, fence(3 - leader)).waitNs()).isZero();
    }

    @Test
    void aShardThatNobodyLeadsNowHasNobodyToWaitFor() {
        controller.apply(fence(3 - leader));
        before = controller.image();
        Handover handover = told(leader, fence(leader));

        assertThat(controller.image().shards().get(0).leader()).isEqualTo(ShardImage.NO_LEADER);
        assertThat(handover.waitNs()).isZero();
    }
}
