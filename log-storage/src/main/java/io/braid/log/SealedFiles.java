package io.braid.log;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** Turns Chronicle's file of a finished segment into a sealed segment's file. Stateless. */
final class SealedFiles {
    private SealedFiles() {}

    /**
     * Cuts the file where its last entry ends, forces it, and moves it out of Chronicle's directory. Blocks. Whoever calls
     * makes sure that Chronicle does not write to it any more.
     */
    static void cutAndMove(LogFiles files, Segment segment) throws IOException {
        FileChannel channel = segment.file.channel();
        if (channel.size() > segment.endPosition) {
            channel.truncate(segment.endPosition);
        }
        channel.force(true);
        Path queue = segment.file.path().getParent();
        segment.file.move(files.sealed(segment.firstLsn, segment.ordinal));
        LogFiles.force(files.directory());
        LogFiles.force(queue);
    }
}
