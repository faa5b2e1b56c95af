package io.braid.broker.config;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;

/**
 * Where the texts of a node's configuration come from: a properties file in UTF-8, over it the environment, over it the
 * command line. Confined to one thread.
 *
 * <p>{@code BRAID_LOG_DIRS} sets {@code log.dirs}: upper case, an underscore for each dot. A variable that names no key is
 * a problem as in a file, unless it is one of those that {@code bin/braid} and its commands read.
 */
public final class NodeConfigSources {

    private static final String ENVIRONMENT_PREFIX = "BRAID_";

    /** What {@code bin/braid} and the commands of a client read from the environment. */
    static final Set<String> NO_KEYS = Set.of(
            "BRAID_JAVA",
            "BRAID_HEAP",
            "BRAID_JVM_OPTS",
            "BRAID_CDS",
            "BRAID_CDS_DIR",
            "BRAID_BUILD",
            "BRAID_BOOTSTRAP",
            "BRAID_CONTROLLER",
            "BRAID_IMAGE");

    private final Map<String, String> texts = new TreeMap<>();
    /** Key -> the variable that gave the text it has now. */
    private final Map<String, String> variables = new HashMap<>();

    /**
     * Adds the keys of a properties file.
     *
     * @throws IOException with a message of one line, when it cannot be read
     */
    public NodeConfigSources file(Path file) throws IOException {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            properties.load(reader);
        } catch (IllegalArgumentException | IOException e) {
            throw new IOException("cannot read " + file + ": " + reason(e), e);
        }
        properties.stringPropertyNames().forEach(key -> put(key, properties.getProperty(key)));
        return this;
    }

    /** Adds the variables that begin with {@code BRAID_}. */
    public NodeConfigSources environment(Map<String, String> environment) {
        new TreeMap<>(environment).forEach((name, value) -> {
            if (name.startsWith(ENVIRONMENT_PREFIX) && !NO_KEYS.contains(name)) {
                put(keyOf(name), value);
                variables.put(keyOf(name), name);
            }
        });
        return this;
    }

    /** Adds keys given on the command line. */
    public NodeConfigSources settings(Map<String, String> settings) {
        settings.forEach(this::put);
        return this;
    }

    /**
     * The configuration that the texts make.
     *
     * @throws ConfigException with everything that is wrong; what came from a variable is shown under its name
     */
    public NodeConfig parse() throws ConfigException {
        try {
            return NodeConfig.parse(texts);
        } catch (ConfigException e) {
            throw new ConfigException(e.problems().stream()
                    .map(p -> new ConfigProblem(variables.getOrDefault(p.key(), p.key()), p.value(), p.reason()))
                    .toList());
        }
    }

    /** All texts by key; what was added last wins. */
    public Map<String, String> texts() {
        return Map.copyOf(texts);
    }

    private void put(String key, String text) {
        texts.put(key, text);
        variables.remove(key);
    }

    private static String keyOf(String variable) {
        return variable.substring(ENVIRONMENT_PREFIX.length())
                .toLowerCase(Locale.ROOT)
                .replace('_', '.');
    }

    private static String reason(Exception e) {
        if (e instanceof NoSuchFileException) {
            return "no such file";
        }
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (e instanceof CharacterCodingException) {
            return "not UTF-8";
        }
        return String.valueOf(e.getMessage());
    }
}
