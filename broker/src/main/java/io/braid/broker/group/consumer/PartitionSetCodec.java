package io.braid.broker.group.consumer;

import io.braid.controller.ByteReader;
import io.braid.controller.ByteWriter;
import io.braid.controller.MalformedException;
import org.apache.kafka.common.Uuid;

/** Partition sets in records: topics by id, of each the ranges as (distance from the end of the one before, length). */
final class PartitionSetCodec {

    private PartitionSetCodec() {}

    static void write(ByteWriter out, PartitionSet set) {
        out.writeVarint(set.topicCount());
        set.forEach((topic, ranges) -> {
            out.writeUuid(topic);
            out.writeVarint(ranges.rangeCount());
            int end = 0;
            for (int i = 0; i < ranges.rangeCount(); i++) {
                out.writeVarint(ranges.first(i) - end);
                out.writeVarint(ranges.end(i) - ranges.first(i));
                end = ranges.end(i);
            }
        });
    }

    static PartitionSet read(ByteReader in) {
        int topics = in.readVarint();
        PartitionSet.Builder set = new PartitionSet.Builder(Math.min(topics, 1024));
        try {
            for (int t = 0; t < topics; t++) {
                Uuid topic = in.readUuid();
                int ranges = in.readVarint();
                PartitionRanges.Builder builder = new PartitionRanges.Builder();
                int end = 0;
                for (int i = 0; i < ranges; i++) {
                    int first = Math.addExact(end, in.readVarint());
                    end = Math.addExact(first, in.readVarint());
                    builder.add(first, end);
                }
                set.add(topic, builder.build());
            }
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new MalformedException("no set of partitions", e);
        }
        return set.build();
    }
}
