package io.braid.controller.balance;

/**
 * What a broker has by a layout.
 *
 * @param replicas of shards
 * @param preferred shards of which it is the preferred leader
 */
public record BrokerLoad(long bytes, double bytesPerSecond, int replicas, int preferred) {
    static final BrokerLoad NONE = new BrokerLoad(0, 0, 0, 0);

    BrokerLoad plus(ShardLoad load, boolean leads) {
        return new BrokerLoad(
                bytes + load.bytes(),
                bytesPerSecond + load.bytesPerSecond(),
                replicas + 1,
                preferred + (leads ? 1 : 0));
    }
}
