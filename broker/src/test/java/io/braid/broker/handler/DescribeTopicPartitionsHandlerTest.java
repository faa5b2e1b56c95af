package io.braid.broker.handler;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData.Cursor;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData.TopicRequest;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.DescribeTopicPartitionsResponseTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

class DescribeTopicPartitionsHandlerTest {

    private final Fixture cluster = new Fixture();

    @Test
    void describesTheTopicsAskedForInTheOrderOfTheirNames() {
        cluster.create("b", 2);
        cluster.create("a", 3);
        cluster.create("c", 1);

        DescribeTopicPartitionsResponseData answer = ask(2000, null, "b", "a", "missing", "bad topic!");

        assertThat(answer.topics().stream().map(DescribeTopicPartitionsResponseTopic::name))
                .containsExactly("a", "b", "bad topic!", "missing");
        DescribeTopicPartitionsResponseTopic a = answer.topics().find("a");
        assertThat(a.topicId()).isEqualTo(cluster.topic("a").id());
        assertThat(a.partitions()).hasSize(3);
        assertThat(a.partitions().get(2).partitionIndex()).isEqualTo(2);
        assertThat(a.partitions().get(2).leaderId()).isEqualTo(1);
        assertThat(a.partitions().get(2).isrNodes()).containsExactly(1);
        assertThat(a.topicAuthorizedOperations() & 1 << AclOperation.READ.code())
                .isNotZero();
        assertThat(answer.topics().find("missing").errorCode()).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
        assertThat(answer.topics().find("bad topic!").errorCode()).isEqualTo(Errors.INVALID_TOPIC_EXCEPTION.code());
        assertThat(answer.nextCursor()).isNull();
    }

    @Test
    void goesThroughAllTopicsPageByPage() {
        for (int i = 0; i < 20; i++) {
            cluster.create("t" + i, 1 + i * 3 % 11);
        }
        for (int limit : new int[] {1, 2, 3, 7, 10, 1000}) {
            Map<String, List<Integer>> seen = new java.util.TreeMap<>();
            Cursor cursor = null;
            do {
                DescribeTopicPartitionsResponseData page = ask(limit, cursor);
                int partitions = 0;
                for (DescribeTopicPartitionsResponseTopic topic : page.topics()) {
                    topic.partitions().forEach(p -> seen.computeIfAbsent(topic.name(), n -> new ArrayList<>())
                            .add(p.partitionIndex()));
                    partitions += topic.partitions().size();
                }
                assertThat(partitions).isLessThanOrEqualTo(limit);
                cursor = page.nextCursor() == null
                        ? null
                        : new Cursor()
                                .setTopicName(page.nextCursor().topicName())
                                .setPartitionIndex(page.nextCursor().partitionIndex());
            } while (cursor != null);
            assertThat(seen).hasSize(20);
            seen.forEach((name, partitions) -> assertThat(partitions)
                    .hasSize(cluster.topic(name).partitionCount())
                    .isSorted());
        }
    }

    @Test
    void goesOnWhereTheTopicOfTheCursorWasDeletedWhenAllAreAskedFor() {
        cluster.create("a", 1);
        cluster.create("c", 1);

        DescribeTopicPartitionsResponseData page =
                ask(10, new Cursor().setTopicName("b").setPartitionIndex(3));
        assertThat(page.topics().stream().map(DescribeTopicPartitionsResponseTopic::name))
                .containsExactly("c");
        assertThat(page.topics().find("c").partitions()).hasSize(1);
    }

    @Test
    void holdsNoMorePartitionsThanTheBrokerAllows() {
        cluster.config = Map.of("max.request.partition.size.limit", "5");
        cluster.create("a", 9);

        DescribeTopicPartitionsResponseData page = ask(2000, null, "a");
        assertThat(page.topics().find("a").partitions()).hasSize(5);
        assertThat(page.nextCursor().topicName()).isEqualTo("a");
        assertThat(page.nextCursor().partitionIndex()).isEqualTo(5);
    }

    @Test
    void refusesACursorThatIsNotInTheRequest() {
        cluster.create("a", 1);

        assertThat(ask(10, new Cursor().setTopicName("b"), "a")
                        .topics()
                        .find("a")
                        .errorCode())
                .isEqualTo(Errors.INVALID_REQUEST.code());
        assertThat(ask(10, new Cursor().setTopicName("a").setPartitionIndex(-1), "a")
                        .topics()
                        .find("a")
                        .errorCode())
                .isEqualTo(Errors.INVALID_REQUEST.code());
    }

    @Test
    void hidesWhatTheCallerMayNotDescribe() {
        cluster.create("secret", 1);
        cluster.create("open", 1);
        cluster.authorizer = (caller, operation, type, name) -> !name.equals("secret");

        DescribeTopicPartitionsResponseTopic secret =
                ask(10, null, "secret", "open").topics().find("secret");
        assertThat(secret.errorCode()).isEqualTo(Errors.TOPIC_AUTHORIZATION_FAILED.code());
        assertThat(secret.topicId()).isEqualTo(Uuid.ZERO_UUID);
        assertThat(ask(10, null).topics()).hasSize(1);
    }

    private DescribeTopicPartitionsResponseData ask(int limit, Cursor cursor, String... names) {
        DescribeTopicPartitionsRequestData request = new DescribeTopicPartitionsRequestData()
                .setResponsePartitionLimit(limit)
                .setCursor(cursor);
        for (String name : names) {
            request.topics().add(new TopicRequest().setName(name));
        }
        return cluster.send(ApiKeys.DESCRIBE_TOPIC_PARTITIONS, 0, request);
    }
}
