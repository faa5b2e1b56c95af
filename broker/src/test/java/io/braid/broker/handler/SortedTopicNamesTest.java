package io.braid.broker.handler;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.controller.Command;
import io.braid.image.ClusterImage;
import java.util.List;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class SortedTopicNamesTest {

    @Property(tries = 100)
    void agreesWithASortedSetThroughCreationsAndDeletions(
            @ForAll @Size(max = 60) List<@IntRange(min = 0, max = 40) Integer> changes) {
        Fixture cluster = new Fixture();
        SortedTopicNames names = new SortedTopicNames();
        TreeSet<String> model = new TreeSet<>();
        int step = 0;
        for (int change : changes) {
            String name = "t" + change;
            if (model.remove(name)) {
                cluster.controller.apply(new Command.DeleteTopics(List.of(Command.TopicRef.named(name))));
            } else {
                cluster.create(name, 1);
                model.add(name);
            }
            if (step++ % 3 == 0) {
                assertThat(names.of(cluster.image())).containsExactlyElementsOf(model);
            }
        }
        assertThat(names.of(cluster.image())).containsExactlyElementsOf(model);
        assertThat(names.of(ClusterImage.EMPTY)).containsExactlyElementsOf(model);
    }
}
