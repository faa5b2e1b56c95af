package io.braid.broker.group.consumer;

import static io.braid.broker.group.consumer.Requests.beat;
import static io.braid.broker.group.consumer.Requests.given;
import static io.braid.broker.group.consumer.Requests.join;
import static io.braid.broker.group.consumer.Requests.owns;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.junit.jupiter.api.Test;

/** What a group costs must follow members and ranges, not partitions. Counts bytes, not time. */
class GroupScaleTest {
    private static final int MEMBERS = 50;
    private static final int BEATS = 2_000;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @Test
    void aHeartbeatAllocatesTheSameForAHundredPartitionsAndAHundredThousand() {
        long few = bytesPerHeartbeat(settled(100));
        long many = bytesPerHeartbeat(settled(100_000));

        assertTrue(Math.abs(many - few) <= 32, "bytes: " + few + " with 100 partitions, " + many + " with 100,000");
    }

    @Test
    void fiftyMembersOfAHundredThousandPartitionsAreAFewKilobytesOfLog() {
        GroupHarness h = settled(100_000);

        int bytes = h.snapshot().stream()
                .mapToInt(record -> {
                    io.braid.controller.ByteWriter out = new io.braid.controller.ByteWriter();
                    ((ConsumerRecord) record).writeValue(out);
                    return out.size();
                })
                .sum();

        assertTrue(bytes < 64 * 1024, "bytes=" + bytes);
        assertEquals(
                100_000,
                h.group().members().stream().mapToInt(m -> m.assigned().size()).sum());
    }

    /** A group in which everybody joined one after the other and has its share. */
    static GroupHarness settled(int partitions) {
        GroupHarness h = new GroupHarness(ConsumerGroupConfig.DEFAULT);
        h.createTopic("t", partitions);
        for (int i = 0; i < MEMBERS; i++) {
            h.heartbeat(join("m" + i, "t"));
        }
        for (int round = 0; round < 3; round++) {
            for (Member member : java.util.List.copyOf(h.group().members())) {
                PartitionSet had = member.assigned();
                ConsumerGroupHeartbeatResponseData told = h.heartbeat(owns(member.memberId(), member.epoch(), had));
                PartitionSet given = given(told);
                if (given != null) {
                    h.heartbeat(owns(member.memberId(), told.memberEpoch(), given));
                }
            }
        }
        assertEquals("Stable", h.group().stateName());
        return h;
    }

    private long bytesPerHeartbeat(GroupHarness h) {
        ConsumerGroupHeartbeatRequestData request =
                beat("m7", h.group().member("m7").epoch());
        run(h, request); // loads and warms what is to be measured
        long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
        run(h, request);
        return (threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before) / BEATS;
    }

    private static void run(GroupHarness h, ConsumerGroupHeartbeatRequestData request) {
        int records = h.log.size();
        for (int i = 0; i < BEATS; i++) {
            assertNull(h.heartbeat(request).assignment());
        }
        assertEquals(records, h.log.size());
    }
}
