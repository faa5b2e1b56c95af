package io.braid.image;

import java.util.List;
import java.util.Objects;
import org.apache.kafka.common.Uuid;

/**
 * Something that happened to the cluster's metadata. Records are what the controllers' decisions yield, what brokers
 * fetch, and what a snapshot is made of; applying them in order is the only way to change an image.
 */
public sealed interface MetadataRecord {
    /** Applies it. The only mutation of metadata there is. */
    void applyTo(ImageBuilder image);

    /** The cluster came to be. */
    record ClusterCreated(String clusterId, short metadataVersion) implements MetadataRecord {
        public ClusterCreated {
            Objects.requireNonNull(clusterId);
        }

        @Override
        public void applyTo(ImageBuilder image) {
            image.clusterId(clusterId);
            image.metadataVersion(metadataVersion);
        }
    }

    /** Newer formats may be written from now on. */
    record MetadataVersionRaised(short metadataVersion) implements MetadataRecord {
        @Override
        public void applyTo(ImageBuilder image) {
            image.metadataVersion(metadataVersion);
        }
    }

    /** A new incarnation of a broker, which stays cordoned if it was, or a new broker. */
    record BrokerRegistered(BrokerImage broker) implements MetadataRecord {
        @Override
        public void applyTo(ImageBuilder image) {
            image.registerBroker(broker);
        }
    }

    /** A broker gets no more replicas, or may get some again. */
    record BrokerCordoned(int brokerId, boolean cordoned) implements MetadataRecord {
        @Override
        public void applyTo(ImageBuilder image) {
            image.putBroker(image.requireBroker(brokerId).withCordoned(cordoned));
        }
    }

    /** A broker may lead and be in sync from now on. */
    record BrokerUnfenced(int brokerId) implements MetadataRecord {
        @Override
        public void applyTo(ImageBuilder image) {
            image.putBroker(image.requireBroker(brokerId).withFenced(false));
        }
    }

    /** A broker is gone until it comes back. */
    record BrokerFenced(int brokerId) implements MetadataRecord {
        @Override
        public void applyTo(ImageBuilder image) {
            image.putBroker(image.requireBroker(brokerId).withFenced(true));
        }
    }

    /** A broker is gone for good. */
    record BrokerUnregistered(int brokerId) implements MetadataRecord {
        @Override
        public void applyTo(ImageBuilder image) {
            image.removeBroker(brokerId);
        }
    }

    /** A pool, without shards yet. */
    record PoolCreated(int poolId, PoolClass poolClass, int replicationFactor, boolean rackAware)
            implements MetadataRecord {
        @Override
        public void applyTo(ImageBuilder image) {
            image.putPool(new PoolImage(poolId, poolClass, replicationFactor, rackAware, 0));
        }
    }

    /** A pool has another replication factor, or elects otherwise; its shards change by records of their own. */
    record PoolChanged(int poolId, int replicationFactor, boolean uncleanElection) implements MetadataRecord {
        @Override
        public void applyTo(ImageBuilder image) {
            image.changePool(poolId, replicationFactor, uncleanElection);
        }
    }

    /** All controllers there are to be, by node id. */
    record ControllersChanged(List<ControllerImage> controllers) implements MetadataRecord {
        public ControllersChanged {
            controllers = List.copyOf(controllers);
        }

        @Override
        public void applyTo(ImageBuilder image) {
            image.controllers(controllers);
        }
    }

    /** A shard was added at the end of its pool, or changed. */
    record ShardChanged(ShardImage shard) implements MetadataRecord {
        @Override
        public void applyTo(ImageBuilder image) {
            image.putShard(shard);
        }
    }

    record TopicCreated(TopicImage topic) implements MetadataRecord {
        @Override
        public void applyTo(ImageBuilder image) {
            image.addTopic(topic);
        }
    }

    record TopicDeleted(Uuid topicId) implements MetadataRecord {
        @Override
        public void applyTo(ImageBuilder image) {
            image.removeTopic(topicId);
        }
    }

    /** A topic has more partitions; those it had stay where they are. */
    record PartitionsAdded(Uuid topicId, int partitionCount, List<Placement> placements) implements MetadataRecord {
        public PartitionsAdded {
            placements = List.copyOf(placements);
        }

        @Override
        public void applyTo(ImageBuilder image) {
            image.growTopic(topicId, partitionCount, Placements.of(placements));
        }
    }

    /** All that is set on a topic now. */
    record TopicConfigsChanged(Uuid topicId, Configs configs) implements MetadataRecord {
        @Override
        public void applyTo(ImageBuilder image) {
            image.configureTopic(topicId, configs);
        }
    }

    /** All that is set on a resource other than a topic now. */
    record ConfigsChanged(byte resourceType, String resourceName, Configs configs) implements MetadataRecord {
        @Override
        public void applyTo(ImageBuilder image) {
            image.putConfig(new ResourceConfig(resourceType, resourceName, configs));
        }
    }

    /** Producer ids below this one are given away. */
    record ProducerIdsAllocated(long nextProducerId) implements MetadataRecord {
        @Override
        public void applyTo(ImageBuilder image) {
            image.nextProducerId(nextProducerId);
        }
    }
}
