package io.braid.broker.handler;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.controller.Command;
import io.braid.controller.CommandResult;
import io.braid.image.ClusterImage;
import io.braid.protocol.Api;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.junit.jupiter.api.Test;

class FailuresTest {

    /** Any request, an empty one included, is answered with something that its version can say. */
    @Test
    void emptyRequestsAreAnsweredInEveryVersionOfEveryApi() {
        Fixture cluster = new Fixture();
        for (Api api : cluster.table().catalog().apis()) {
            for (short version = api.minVersion(); version <= api.maxVersion(); version++) {
                ApiMessage answer = cluster.send(ApiKeys.forId(api.key()), version, api.newRequest());
                assertThat(answer).isNotNull();
            }
        }
    }

    /** When everything is forbidden, every answer says so in every version, and nothing is submitted. */
    @Test
    void forbiddenRequestsAreAnsweredInEveryVersionOfEveryApi() {
        Fixture cluster = new Fixture();
        cluster.authorizer = (caller, operation, type, name) -> false;
        for (Api api : cluster.table().catalog().apis()) {
            for (short version = api.minVersion(); version <= api.maxVersion(); version++) {
                assertThat(cluster.<ApiMessage>send(ApiKeys.forId(api.key()), version, api.newRequest()))
                        .isNotNull();
            }
        }
        assertThat(cluster.submitted).isEmpty();
    }

    /** A handler that hits a fault still answers what every version can say. */
    @Test
    void faultsAreAnsweredInEveryVersionOfEveryApi() {
        Fixture working = new Fixture();
        Fixture broken = new Fixture() {
            @Override
            public ClusterImage image() {
                throw new IllegalStateException("broken on purpose");
            }

            @Override
            public CompletableFuture<CommandResult> submit(Command command) {
                throw new IllegalStateException("broken on purpose");
            }
        };
        for (Api api : working.table().catalog().apis()) {
            for (short version = api.minVersion(); version <= api.maxVersion(); version++) {
                assertThat(broken.<ApiMessage>send(ApiKeys.forId(api.key()), version, api.newRequest()))
                        .isNotNull();
            }
        }
    }
}
