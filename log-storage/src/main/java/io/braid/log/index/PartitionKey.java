package io.braid.log.index;

/** Topic id and partition, ordered by the id as an unsigned number, then by partition. */
public record PartitionKey(long idMsb, long idLsb, int partition) implements Comparable<PartitionKey> {
    static int compare(long idMsb, long idLsb, int partition, long otherMsb, long otherLsb, int otherPartition) {
        int order = Long.compareUnsigned(idMsb, otherMsb);
        if (order == 0) {
            order = Long.compareUnsigned(idLsb, otherLsb);
        }
        return order != 0 ? order : Integer.compare(partition, otherPartition);
    }

    @Override
    public int compareTo(PartitionKey other) {
        return compare(idMsb, idLsb, partition, other.idMsb, other.idLsb, other.partition);
    }
}
