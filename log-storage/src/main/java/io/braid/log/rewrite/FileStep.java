package io.braid.log.rewrite;

import java.io.IOException;

/** Told after each change of the file system; a test may end it there. */
public interface FileStep {
    FileStep NONE = () -> {};

    void done() throws IOException;
}
