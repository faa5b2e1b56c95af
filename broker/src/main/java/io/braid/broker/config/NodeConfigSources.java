package io.braid.broker.config;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/**
 * Where the texts of a node's configuration come from: a properties file in UTF-8, over it the environment, over it the
 * command line. Confined to one thread.
 */
public final class NodeConfigSources {

    /** {@code BRAID_CONFIG_LOG_DIRS} sets {@code log.dirs}. */
    static final String ENVIRONMENT_PREFIX = "BRAID_CONFIG_";

    private final Map<String, String> texts = new TreeMap<>();

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
        properties.stringPropertyNames().forEach(key -> texts.put(key, properties.getProperty(key)));
        return this;
    }

    /** Adds the variables that begin with {@code BRAID_CONFIG_}: underscores stand for dots. */
    public NodeConfigSources environment(Map<String, String> variables) {
        variables.forEach((name, value) -> {
            if (name.startsWith(ENVIRONMENT_PREFIX)) {
                texts.put(keyOf(name), value);
            }
        });
        return this;
    }

    /** Adds keys given on the command line. */
    public NodeConfigSources settings(Map<String, String> settings) {
        texts.putAll(settings);
        return this;
    }

    /** All texts by key; what was added last wins. */
    public Map<String, String> texts() {
        return Map.copyOf(texts);
    }

    static String keyOf(String variable) {
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
