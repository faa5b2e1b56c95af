package io.braid.containers;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.startupcheck.OneShotStartupCheckStrategy;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerImageName;

/** One container of the image: who it runs as, how it is told things, how it ends. */
@RequiresImage
class ImageTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @SuppressWarnings("resource") // closed by the caller
    private static GenericContainer<?> image() {
        return new GenericContainer<>(DockerImageName.parse(Node.IMAGE))
                .withImagePullPolicy(image -> false)
                .withEnv("BRAID_HEAP", "192m");
    }

    @Test
    void nodeAloneIsHealthyWithoutPrivilegesAndStopsWhenTold() throws Exception {
        try (GenericContainer<?> node = image()) {
            node.waitingFor(Wait.forHealthcheck().withStartupTimeout(PATIENCE)).start();

            assertThat(node.execInContainer("id", "-un").getStdout()).isEqualTo("braid\n");
            assertThat(node.execInContainer("readlink", "/proc/1/exe").getStdout())
                    .endsWith("/java\n");
            assertThat(node.execInContainer("braid", "topics", "create", "t").getStdout())
                    .isEqualTo("created t\n");
            node.getDockerClient()
                    .stopContainerCmd(node.getContainerId())
                    .withTimeout(60)
                    .exec();

            assertThat(node.getCurrentContainerInfo().getState().getExitCodeLong())
                    .isZero();
        }
    }

    @Test
    void everythingThatIsWrongWithTheVariablesIsListed() {
        try (GenericContainer<?> node = image()) {
            node.withEnv("BRAID_NODE_ID", "one")
                    .withEnv("BRAID_LOG_DIR", "/data")
                    .withStartupCheckStrategy(new EndsStrategy().withTimeout(PATIENCE))
                    .start();

            assertThat(node.getLogs())
                    .contains("BRAID_NODE_ID=one: must be")
                    .contains("BRAID_LOG_DIR=/data: unknown node key; did you mean log.dirs?");
            assertThat(node.getCurrentContainerInfo().getState().getExitCodeLong())
                    .isEqualTo(2);
        }
    }

    /** A container that ended has started, whatever its exit code. */
    private static final class EndsStrategy extends OneShotStartupCheckStrategy {
        @Override
        public StartupStatus checkStartupState(com.github.dockerjava.api.DockerClient client, String id) {
            StartupStatus status = super.checkStartupState(client, id);
            return status == StartupStatus.FAILED ? StartupStatus.SUCCESSFUL : status;
        }
    }
}
