package io.braid.client.consumer.group;

import com.google.re2j.Pattern;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * What a member of a classic group has to know of topics: those that match its expression, and as the leader how many
 * partitions the group's topics have. Pure; owned by its membership.
 */
final class TopicLookout {
    private final long ageNs;
    private Subscription subscription = Subscription.NONE;
    private Optional<Set<String>> matching = Optional.empty();
    private Set<String> led = Set.of();
    private boolean leads;
    private Optional<Map<String, Integer>> counts = Optional.empty(); // of what is led, when last looked
    private long nextNs;

    /** @param ageNs how often to look again */
    TopicLookout(long ageNs, long nowNs) {
        this.ageNs = ageNs;
        this.nextNs = nowNs;
    }

    void subscribe(Subscription next, long nowNs) {
        if (!next.equals(subscription)) {
            subscription = next;
            matching = Optional.empty();
            nextNs = nowNs;
        }
    }

    /** Whether it is known which topics are subscribed to. */
    boolean ready() {
        return subscription.expression().isEmpty() || matching.isPresent();
    }

    /** What is subscribed to, as far as it is known. */
    Set<String> topics() {
        return subscription.expression().isEmpty() ? subscription.topics() : matching.orElse(Set.of());
    }

    /** This member leads, and looks after the topics of all members. */
    MemberEvent lead(Set<String> groupTopics, long nowNs) {
        leads = true;
        led = Set.copyOf(groupTopics);
        counts = Optional.empty();
        nextNs = nowNs + ageNs;
        return new MemberEvent.WantTopics(led, Set.of());
    }

    /** Another one leads. */
    void follow() {
        leads = false;
        led = Set.of();
        counts = Optional.empty();
    }

    // ---- looking

    /** What is to be looked up now. */
    List<MemberEvent> look(long nowNs) {
        List<MemberEvent> wanted = new ArrayList<>();
        if (nextNs() != Long.MAX_VALUE && nowNs - nextNs >= 0) {
            nextNs = nowNs + ageNs;
            if (subscription.expression().isPresent()) {
                wanted.add(new MemberEvent.WantAllTopics());
            }
            if (leads) {
                wanted.add(new MemberEvent.WantTopics(led, Set.of()));
            }
        }
        return wanted;
    }

    long nextNs() {
        return leads || subscription.expression().isPresent() ? nextNs : Long.MAX_VALUE;
    }

    /** All topics there are. True when others match than before. */
    boolean onAll(Collection<KnownTopic> topics) {
        if (subscription.expression().isEmpty()) {
            return false;
        }
        Predicate<String> matches = Pattern.compile(subscription.expression().get())::matches;
        Set<String> found = new TreeSet<>();
        topics.stream().map(KnownTopic::name).filter(matches).forEach(found::add);
        Optional<Set<String>> before = matching;
        matching = Optional.of(found);
        return !matching.equals(before);
    }

    /** A topic is there. If it was not when the leader looked, it looks again. */
    void onThere(String topic, long nowNs) {
        boolean missing = leads
                && led.contains(topic)
                && counts.filter(known -> !known.containsKey(topic)).isPresent();
        if (missing) {
            nextNs = nowNs;
        }
    }

    /** What was found of the topics that are led, or were. True when partitions were added, or topics came or went. */
    boolean onLed(Collection<KnownTopic> topics) {
        if (!leads) {
            return false;
        }
        Map<String, Integer> found = new TreeMap<>();
        topics.stream()
                .filter(topic -> led.contains(topic.name()))
                .forEach(topic -> found.put(topic.name(), topic.partitionCount()));
        Optional<Map<String, Integer>> before = counts;
        counts = Optional.of(found);
        return before.isPresent() && !counts.equals(before);
    }
}
