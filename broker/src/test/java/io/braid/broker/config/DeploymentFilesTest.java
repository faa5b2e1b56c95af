package io.braid.broker.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The variables that containers are given are those of keys. */
class DeploymentFilesTest {

    private static final Pattern VARIABLE = Pattern.compile("(?m)^[^#\\n]*?\\b(BRAID_[A-Z_]+)(?:=|: ?|$)");

    @ParameterizedTest
    @CsvSource({
        "Dockerfile, BRAID_ADMIN_LISTENER",
        "docker-compose.yml, BRAID_MIN_INSYNC_REPLICAS",
        "deploy/kubernetes/config.yaml, BRAID_CONTROLLER_QUORUM_VOTERS",
        "deploy/kubernetes/statefulset.yaml, BRAID_NODE_ID",
    })
    void everyVariableNamesAKey(String file, String oneOfThem) throws IOException {
        Map<String, String> environment = new TreeMap<>();
        Matcher variable = VARIABLE.matcher(Files.readString(Path.of("..", file)));
        while (variable.find()) {
            environment.put(variable.group(1), "");
        }

        assertThat(environment).containsKey(oneOfThem);
        assertThat(new NodeConfigSources().environment(environment).texts().keySet())
                .allMatch(key -> NodeKeys.TABLE.find(key).isPresent());
    }
}
