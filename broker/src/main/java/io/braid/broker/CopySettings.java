package io.braid.broker;

import io.braid.broker.config.BrokerConfigs;
import io.braid.broker.config.DynamicConfigs;
import io.braid.broker.config.NodeConfig;
import io.braid.broker.config.ReplicationKeys;
import io.braid.broker.replication.CopyLimits;
import io.braid.image.ClusterImage;

/** The limits of copying as they are now: those of the node's file, and over them what AlterConfigs has set. Immutable. */
final class CopySettings {
    private final BrokerConfigs configs;
    private final String brokerName;

    CopySettings(NodeConfig config) {
        this.configs = new BrokerConfigs(config.values());
        this.brokerName = Integer.toString(config.node().nodeId());
    }

    CopyLimits of(ClusterImage image) {
        DynamicConfigs dynamic = new DynamicConfigs(
                image.config(ClusterImage.BROKER_RESOURCE, brokerName), image.config(ClusterImage.BROKER_RESOURCE, ""));
        return new CopyLimits(
                configs.effective(ReplicationKeys.CATCH_UP_BYTES_PER_SECOND, dynamic),
                configs.effective(ReplicationKeys.MOVE_MAX_CONCURRENT, dynamic));
    }
}
