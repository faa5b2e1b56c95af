package io.braid.log;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * Switches a shard's directory for a copy that lies beside it. The copy counts from the moment its marker is forced; what is left to
 * do then, renaming and removing, can be done again after a crash. Immutable.
 *
 * <pre>
 * shards/ID            the log; with the marker file {@code installed} until the old one is gone
 * shards/ID.install    the copy while it is made; with the marker once it is whole
 * shards/ID.replaced   the old log, to be removed
 * </pre>
 *
 * @param shards directory of the shards
 * @param shard id
 */
record SnapshotSwitch(Path shards, int shard) {
    private static final String COPY_SUFFIX = ".install";
    private static final String OLD_SUFFIX = ".replaced";
    private static final String MARKER = "installed";

    /** Where the copy is made. */
    Path copy() {
        return shards.resolve(shard + COPY_SUFFIX);
    }

    private Path log() {
        return shards.resolve(Integer.toString(shard));
    }

    private Path old() {
        return shards.resolve(shard + OLD_SUFFIX);
    }

    /** Makes the copy, which is whole, the log. */
    void commit(SnapshotInstall.FileStep step) throws IOException {
        LogFiles.force(copy());
        LogFiles.force(shards);
        LogFiles.writeAtomically(copy().resolve(MARKER), "");
        step.done();
        complete(step);
    }

    private void complete(SnapshotInstall.FileStep step) throws IOException {
        if (Files.exists(copy().resolve(MARKER))) {
            if (Files.exists(log())) {
                delete(old(), step);
                Files.move(log(), old(), StandardCopyOption.ATOMIC_MOVE);
                step.done();
            }
            Files.move(copy(), log(), StandardCopyOption.ATOMIC_MOVE);
            step.done();
            LogFiles.force(shards);
        }
        delete(old(), step);
        if (Files.deleteIfExists(log().resolve(MARKER))) {
            step.done();
        }
    }

    /** Removes the log, and a copy that is being made. After a crash it is all there, or goes when the directory is opened. */
    void drop(SnapshotInstall.FileStep step) throws IOException {
        delete(copy(), step);
        delete(old(), step);
        if (Files.exists(log())) {
            Files.move(log(), old(), StandardCopyOption.ATOMIC_MOVE);
            step.done();
            LogFiles.force(shards);
            delete(old(), step);
        }
    }

    /** Finishes what a crash has interrupted. */
    static void recover(Path shards) throws IOException {
        for (Path path : LogFiles.list(shards)) {
            String name = path.getFileName().toString();
            int end = name.indexOf('.');
            String id = end < 0 ? name : name.substring(0, end);
            boolean unfinished = (name.endsWith(COPY_SUFFIX) || end < 0) && Files.exists(path.resolve(MARKER));
            if (id.matches("\\d{1,9}") && (unfinished || name.endsWith(OLD_SUFFIX))) {
                new SnapshotSwitch(shards, Integer.parseInt(id)).complete(SnapshotInstall.FileStep.NONE);
            }
        }
    }

    /** Removes a directory with the files in it, if it is there. */
    static void delete(Path directory, SnapshotInstall.FileStep step) throws IOException {
        if (!Files.isDirectory(directory)) {
            return;
        }
        for (Path path : LogFiles.list(directory)) {
            if (Files.isDirectory(path)) {
                delete(path, step);
            } else {
                Files.delete(path);
                step.done();
            }
        }
        Files.delete(directory);
        step.done();
    }
}
