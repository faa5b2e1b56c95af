package io.braid.log;

import java.nio.file.Path;

/**
 * Something wrong in the files of a log.
 *
 * @param file it is in
 * @param position in the file, in bytes; 0 when it concerns the file as a whole
 * @param what for people, one line
 */
public record LogProblem(Path file, long position, String what) {
    @Override
    public String toString() {
        return file + (position == 0 ? "" : " at " + position) + ": " + what;
    }
}
