package io.braid.log;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Makes files cold. Stateless. */
final class PageCache {
    private static final Path DROP = Path.of("/proc/sys/vm/drop_caches");

    private PageCache() {}

    /** Drops the whole machine's clean pages, directory entries and inodes; false where that is not allowed (it takes root on Linux). */
    static boolean drop() {
        try {
            int synced = new ProcessBuilder("sync").start().waitFor();
            Files.writeString(DROP, "3");
            return synced == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
