package io.braid.broker.group.consumer;

import io.braid.broker.group.Computation;
import io.braid.broker.group.GroupRequest;
import io.braid.broker.group.Turn;
import io.braid.image.ClusterImage;
import io.braid.image.ImageChanges;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Looks up which topics the expressions of a group stand for. The first time it looks at every name of the image; later
 * only at topics that came and went since. Runs on any thread.
 */
final class RegexResolution implements Computation {
    private final ServerAssignedGroup group; // only handed back, never read on another thread
    private final String groupId;
    private final ClusterImage image;
    private final ClusterImage before;
    /** Expression to what it stood for; null where that is not known. */
    private final Map<String, List<String>> known;

    private RegexResolution(
            ServerAssignedGroup group, ClusterImage image, ClusterImage before, Map<String, List<String>> known) {
        this.group = group;
        this.groupId = group.groupId();
        this.image = image;
        this.before = before;
        this.known = known;
    }

    static boolean isNeeded(ServerAssignedGroup group, ClusterImage image) {
        if (group.subscriptions().regexes().isEmpty()) {
            return false;
        }
        ClusterImage before = group.pending().resolvedOn;
        return before == null
                || before.version() != image.version()
                || group.subscriptions().regexes().stream().anyMatch(regex -> group.regexTopics(regex) == null);
    }

    static RegexResolution of(ServerAssignedGroup group, ClusterImage image) {
        Map<String, List<String>> known = new TreeMap<>();
        group.subscriptions().regexes().forEach(regex -> known.put(regex, group.regexTopics(regex)));
        return new RegexResolution(group, image, group.pending().resolvedOn, known);
    }

    /** Names by expression, ascending. */
    Map<String, List<String>> resolve() {
        Map<String, List<String>> resolved = new TreeMap<>();
        ImageChanges changes = before == null ? null : image.changesSince(before);
        known.forEach((regex, topics) -> {
            TopicPattern pattern = TopicPattern.compile(regex);
            resolved.put(regex, topics == null || changes == null ? all(pattern) : changed(pattern, topics, changes));
        });
        return resolved;
    }

    private List<String> all(TopicPattern pattern) {
        List<String> names = new ArrayList<>();
        image.forEachTopic(topic -> {
            if (pattern.matches(topic.name(), topic.internal())) {
                names.add(topic.name());
            }
        });
        names.sort(null);
        return names;
    }

    private static List<String> changed(TopicPattern pattern, List<String> topics, ImageChanges changes) {
        if (changes.topicsCreated().isEmpty() && changes.topicsDeleted().isEmpty()) {
            return topics;
        }
        TreeSet<String> names = new TreeSet<>(topics);
        changes.topicsDeleted().forEach(topic -> names.remove(topic.name()));
        changes.topicsCreated().forEach(topic -> {
            if (pattern.matches(topic.name(), topic.internal())) {
                names.add(topic.name());
            }
        });
        return List.copyOf(names);
    }

    @Override
    public GroupRequest compute() {
        return new Resolved(this, resolve());
    }

    private record Resolved(RegexResolution run, Map<String, List<String>> topics) implements GroupRequest {
        @Override
        public String groupId() {
            return run.groupId;
        }

        @Override
        @SuppressWarnings("ReferenceEquality") // the very group that asked, not one that was loaded or made since
        public void decide(Turn turn) {
            if (turn.group(run.groupId).orElse(null) == run.group) {
                new GroupTurn(run.group, turn).onResolved(run.image, topics);
            }
        }
    }
}
