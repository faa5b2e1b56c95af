package io.braid.broker.group;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.common.GroupType;
import org.apache.kafka.common.Uuid;

/**
 * What the groups of this broker are like at one moment, for metrics. Immutable.
 *
 * @param groups number of groups by type and state
 * @param lags records between committed offset and high watermark, by group and topic; at most {@link #MAX_LAGS}
 */
public record GroupCensus(Map<Kind, Long> groups, List<Lag> lags) {
    /** Group and topic pairs whose lag is measured; further ones are left out. */
    public static final int MAX_LAGS = 1000;

    public GroupCensus {
        groups = Map.copyOf(groups);
        lags = List.copyOf(lags);
    }

    /** Type and state, as ListGroups names them. */
    public record Kind(String type, String state) {
        public Kind {
            Objects.requireNonNull(type);
            Objects.requireNonNull(state);
        }
    }

    /** How far a group is behind in a topic, over the partitions that it has committed offsets of. */
    public record Lag(String group, String topic, long records) {
        public Lag {
            Objects.requireNonNull(group);
            Objects.requireNonNull(topic);
        }
    }

    /** One group as its partition's thread sees it: its kind, and the offsets whose lag is to be measured. */
    record Counted(String groupId, Kind kind, List<Committed> offsets) {}

    /** A committed offset. */
    record Committed(Uuid topicId, int partition, long offset) {}

    /** Counts the groups of a partition, with at most {@code maxOffsets} of their offsets. The partition's thread. */
    static List<Counted> count(GroupState state, int maxOffsets) {
        List<Counted> counted = new ArrayList<>();
        int left = maxOffsets;
        for (String groupId : state.groupIds()) {
            Kind kind = state.group(groupId)
                    .map(group -> new Kind(group.type().toString(), group.stateName()))
                    .orElseGet(() -> new Kind(GroupType.CLASSIC.toString(), ClassicState.EMPTY.protocolName()));
            List<Committed> offsets = new ArrayList<>();
            GroupOffsets of = state.offsets(groupId);
            if (of != null && of.size() <= left) {
                left -= of.size();
                of.forEach((topicId, partition, offset) ->
                        offsets.add(new Committed(topicId, partition, offset.offset())));
            }
            counted.add(new Counted(groupId, kind, offsets));
        }
        return counted;
    }
}
