package io.braid.log;

import io.braid.log.rewrite.FileStep;
import io.braid.log.rewrite.SegmentManifest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/** Reads and writes the manifest of a log. Stateless; blocks. */
final class ManifestFile {
    private ManifestFile() {}

    /** Empty when it is damaged; {@link SegmentManifest#EMPTY} when there is none. */
    static Optional<SegmentManifest> read(LogFiles files) throws IOException {
        Path path = files.manifest();
        return Files.exists(path)
                ? SegmentManifest.parse(Files.readString(path, StandardCharsets.ISO_8859_1))
                : Optional.of(SegmentManifest.EMPTY);
    }

    static void write(LogFiles files, SegmentManifest manifest, FileStep step) throws IOException {
        Path path = files.manifest();
        Path making = path.resolveSibling(path.getFileName() + LogFiles.TEMPORARY);
        Files.writeString(making, manifest.text(), StandardCharsets.ISO_8859_1);
        LogFiles.force(making);
        step.done();
        Files.move(making, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        step.done();
        LogFiles.force(files.directory());
    }
}
