package io.braid.broker.handler;

import io.braid.image.ClusterImage;
import io.braid.image.ImageChanges;
import io.braid.image.TopicImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The names of all topics in order, for answers that go through them page by page. It is made when it is first asked
 * for, and then kept up with what changes: a page costs its own size, and what changed since the page before.
 *
 * <p>Safe for any thread; the first call sorts all names, so call it where that may take its time (a second for a
 * million). Eight bytes of heap a topic.
 */
final class SortedTopicNames {

    /** Changes above which sorting again is cheaper than putting them in their places. */
    private static final int MANY_CHANGES = 20_000;

    private ClusterImage image = ClusterImage.EMPTY;
    private String[] names = new String[0];

    /**
     * The names in {@code wanted}, or in a newer image that was asked for before. The array must not be changed.
     */
    synchronized String[] of(ClusterImage wanted) {
        if (wanted.version() <= image.version()) {
            return names;
        }
        ImageChanges changes = image.version() == 0 ? null : wanted.changesSince(image);
        names = changes == null || size(changes) > MANY_CHANGES ? sorted(wanted) : merged(changes);
        image = wanted;
        return names;
    }

    private static int size(ImageChanges changes) {
        return changes.topicsCreated().size() + changes.topicsDeleted().size();
    }

    private static String[] sorted(ClusterImage image) {
        List<String> all = new ArrayList<>(image.topicCount());
        image.forEachTopic(topic -> all.add(topic.name()));
        String[] sorted = all.toArray(String[]::new);
        Arrays.sort(sorted);
        return sorted;
    }

    private String[] merged(ImageChanges changes) {
        if (size(changes) == 0) {
            return names;
        }
        List<String> deleted = namesOf(changes.topicsDeleted());
        List<String> created = namesOf(changes.topicsCreated());
        String[] merged = new String[names.length - deleted.size() + created.size()];
        int from = 0;
        int to = 0;
        int nextDeleted = 0;
        int nextCreated = 0;
        while (to < merged.length || from < names.length) {
            if (from < names.length && nextDeleted < deleted.size() && names[from].equals(deleted.get(nextDeleted))) {
                from++;
                nextDeleted++;
            } else if (nextCreated < created.size()
                    && (from == names.length || created.get(nextCreated).compareTo(names[from]) < 0)) {
                merged[to++] = created.get(nextCreated++);
            } else {
                merged[to++] = names[from++];
            }
        }
        return merged;
    }

    private static List<String> namesOf(List<TopicImage> topics) {
        return topics.stream().map(TopicImage::name).sorted().toList();
    }
}
