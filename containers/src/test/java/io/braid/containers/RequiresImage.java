package io.braid.containers;

import java.io.IOException;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The tests of a class need a Docker engine that has the image, as {@code deploy/docker/build.sh} makes it. Without one they
 * are skipped with a sentence that says so; with {@code BRAID_CONTAINERS=required} in the environment, as in CI, they fail.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(RequiresImage.Condition.class)
@interface RequiresImage {

    /** Asks the command line of Docker: the client library would look for engines in many places, and wait for some. */
    final class Condition implements ExecutionCondition {

        private static final int ANSWER_S = 20;

        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            if (imageIsThere()) {
                return ConditionEvaluationResult.enabled("there is an engine with " + Node.IMAGE);
            }
            String reason = "no Docker engine with an image " + Node.IMAGE + ": make it with deploy/docker/build.sh";
            if ("required".equals(System.getenv("BRAID_CONTAINERS"))) {
                throw new IllegalStateException(reason);
            }
            System.err.println("containers: skipped " + context.getDisplayName() + ": " + reason);
            return ConditionEvaluationResult.disabled(reason);
        }

        private static boolean imageIsThere() {
            try {
                Process docker = new ProcessBuilder("docker", "image", "inspect", Node.IMAGE)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
                if (!docker.waitFor(ANSWER_S, TimeUnit.SECONDS)) {
                    docker.destroyForcibly();
                    return false;
                }
                return docker.exitValue() == 0;
            } catch (IOException e) {
                return false;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
    }
}
