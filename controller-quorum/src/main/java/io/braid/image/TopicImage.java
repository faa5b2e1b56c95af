package io.braid.image;

import java.util.Objects;
import org.apache.kafka.common.Uuid;

/** One topic. Immutable; 48 bytes beside its name, since placements and configs are shared with other topics. */
public final class TopicImage {
    private final long idMsb;
    private final long idLsb;
    private final String name;
    private final int partitionCount;
    private final boolean internal;
    private final Placements placements;
    private final Configs configs;

    public TopicImage(
            Uuid id, String name, int partitionCount, boolean internal, Placements placements, Configs configs) {
        this(
                id.getMostSignificantBits(),
                id.getLeastSignificantBits(),
                name,
                partitionCount,
                internal,
                placements,
                configs);
    }

    private TopicImage(
            long idMsb,
            long idLsb,
            String name,
            int partitionCount,
            boolean internal,
            Placements placements,
            Configs configs) {
        if (partitionCount < 1) {
            throw new IllegalArgumentException("partitions=" + partitionCount);
        }
        this.idMsb = idMsb;
        this.idLsb = idLsb;
        this.name = Objects.requireNonNull(name);
        this.partitionCount = partitionCount;
        this.internal = internal;
        this.placements = Objects.requireNonNull(placements);
        this.configs = Objects.requireNonNull(configs);
    }

    /** A new object at each call: where that counts, use {@link #idMsb} and {@link #idLsb}. */
    public Uuid id() {
        return new Uuid(idMsb, idLsb);
    }

    public long idMsb() {
        return idMsb;
    }

    public long idLsb() {
        return idLsb;
    }

    public String name() {
        return name;
    }

    public int partitionCount() {
        return partitionCount;
    }

    /** Whether it is one of the cluster's own topics, such as {@code __consumer_offsets}. */
    public boolean internal() {
        return internal;
    }

    public Placements placements() {
        return placements;
    }

    /** What was set on the topic; never a default. */
    public Configs configs() {
        return configs;
    }

    /**
     * The id of the shard that a partition lives in.
     *
     * @throws IndexOutOfBoundsException if the topic has no such partition
     */
    public int shardOf(int partition) {
        return placements.shardOf(Objects.checkIndex(partition, partitionCount));
    }

    @SuppressWarnings("ReferenceEquality") // the question is whether the objects are shared already
    TopicImage with(Placements newPlacements, Configs newConfigs) {
        return newPlacements == placements && newConfigs == configs
                ? this
                : new TopicImage(idMsb, idLsb, name, partitionCount, internal, newPlacements, newConfigs);
    }

    TopicImage withPartitions(int newCount, Placements newPlacements) {
        return new TopicImage(idMsb, idLsb, name, newCount, internal, newPlacements, configs);
    }

    @Override
    public boolean equals(Object other) {
        return this == other
                || (other instanceof TopicImage that
                        && idMsb == that.idMsb
                        && idLsb == that.idLsb
                        && partitionCount == that.partitionCount
                        && internal == that.internal
                        && name.equals(that.name)
                        && placements.equals(that.placements)
                        && configs.equals(that.configs));
    }

    @Override
    public int hashCode() {
        return Long.hashCode(idMsb ^ idLsb);
    }

    @Override
    public String toString() {
        return "TopicImage(name=" + name + " id=" + id() + " partitions=" + partitionCount + ")";
    }
}
