package io.braid.quorum;

import java.io.IOException;
import java.io.Reader;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.OptionalInt;
import java.util.Properties;

/**
 * {@code controller.properties} in the directory of the metadata log: under which generation this controller is known. A
 * controller of the first generation that began with the cluster has no such file. Blocking.
 */
final class ControllerIdentity {
    static final String FILE_NAME = "controller.properties";
    private static final String VERSION = "1";

    private ControllerIdentity() {}

    /**
     * The generation that was written; empty if none was.
     *
     * @throws IOException if the file cannot be read, or is that of another node
     */
    static OptionalInt read(Path directory, int nodeId) throws IOException {
        Path file = directory.resolve(FILE_NAME);
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            properties.load(reader);
        } catch (NoSuchFileException e) {
            return OptionalInt.empty();
        }
        if (!VERSION.equals(properties.getProperty("version"))
                || !Integer.toString(nodeId).equals(properties.getProperty("node.id"))) {
            throw new IOException(file + " is not that of node " + nodeId + ", or of a newer release");
        }
        try {
            return OptionalInt.of(Integer.parseInt(properties.getProperty("generation")));
        } catch (NumberFormatException e) {
            throw new IOException(file + " has no generation", e);
        }
    }

    /** Writes a new file, forces it and renames it over the old one. */
    static void write(Path directory, int nodeId, int generation) throws IOException {
        Files.createDirectories(directory);
        StringWriter text = new StringWriter();
        text.append("version=").append(VERSION).append('\n');
        text.append("node.id=").append(Integer.toString(nodeId)).append('\n');
        text.append("generation=").append(Integer.toString(generation)).append('\n');
        Path unfinished = directory.resolve(FILE_NAME + ".tmp");
        try (FileChannel channel = FileChannel.open(
                unfinished,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(
                unfinished,
                directory.resolve(FILE_NAME),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
    }
}
