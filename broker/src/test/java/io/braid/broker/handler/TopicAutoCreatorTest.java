package io.braid.broker.handler;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.broker.config.ConfigException;
import io.braid.broker.config.NodeConfig;
import io.braid.broker.config.TopicConfigs;
import io.braid.controller.Command;
import io.braid.controller.CommandResult;
import io.braid.controller.PoolPolicy;
import io.braid.image.ClusterImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

class TopicAutoCreatorTest {

    private final Fixture cluster = new Fixture();
    private final List<Command> submitted = new ArrayList<>();
    private final List<CompletableFuture<CommandResult>> results = new ArrayList<>();
    private final TopicAutoCreator creator = new TopicAutoCreator(new TopicCreator(
            Fixture.NODE, slowly(), new TopicConfigs(values()), new TopicDefaults(1, -1, 100), PoolPolicy.DEFAULT));

    @Test
    void requestsForANameThatIsBeingCreatedJoinTheCreation() {
        CompletableFuture<Map<String, Errors>> first = creator.create(List.of("a", "b"));
        CompletableFuture<Map<String, Errors>> second = creator.create(List.of("b", "c"));

        assertThat(submitted).hasSize(2);
        assertThat(((Command.CreateTopics) submitted.get(1)).topics())
                .extracting(topic -> topic.name())
                .containsExactly("c");
        answer(1);
        assertThat(second).isNotDone();
        answer(0);
        assertThat(first.join()).isEmpty();
        assertThat(second.join()).isEmpty();
        assertThat(cluster.image().topicCount()).isEqualTo(3);
    }

    @Test
    void aNameThatSomebodyElseCreatedMeanwhileIsThere() {
        CompletableFuture<Map<String, Errors>> create = creator.create(List.of("a"));
        cluster.create("a", 5);
        answer(0);

        assertThat(create.join()).isEmpty();
        assertThat(cluster.topic("a").partitionCount()).isEqualTo(5);
    }

    @Test
    void aFailureIsToldAndTheNameMayBeTriedAgain() {
        CompletableFuture<Map<String, Errors>> create = creator.create(List.of("a", "bad topic!"));
        results.get(0).complete(CommandResult.failed(Errors.REQUEST_TIMED_OUT, ""));

        assertThat(create.join())
                .isEqualTo(Map.of("a", Errors.REQUEST_TIMED_OUT, "bad topic!", Errors.INVALID_TOPIC_EXCEPTION));
        assertThat(creator.create(List.of("a"))).isNotDone();
        assertThat(submitted).hasSize(2);
    }

    private void answer(int index) {
        results.get(index).complete(cluster.controller.apply(submitted.get(index)));
    }

    private MetadataSource slowly() {
        return new MetadataSource() {
            @Override
            public ClusterImage image() {
                return cluster.image();
            }

            @Override
            public CompletableFuture<CommandResult> submit(Command command) {
                submitted.add(command);
                results.add(new CompletableFuture<>());
                return results.get(results.size() - 1);
            }
        };
    }

    private static io.braid.broker.config.ConfigValues values() {
        try {
            return NodeConfig.parse(Map.of()).values();
        } catch (ConfigException e) {
            throw new AssertionError(e);
        }
    }
}
