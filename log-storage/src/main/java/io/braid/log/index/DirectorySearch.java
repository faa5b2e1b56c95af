package io.braid.log.index;

import io.braid.log.rows.RowCursor;
import java.io.IOException;
import java.util.Optional;

/**
 * Lookups in one directory by ascending keys: reads and checks each page of it about once. Owned by one thread;
 * blocks.
 */
final class DirectorySearch {
    private final Directory directory;
    private final RowCursor fences = new RowCursor();
    private final RowCursor entries = new RowCursor();
    private int page = -1;

    DirectorySearch(Directory directory) {
        this.directory = directory;
    }

    Optional<DirectoryEntry> find(PartitionKey key) throws IOException {
        if (page < 0 || !directory.covers(entries, page, key)) {
            page = directory.page(fences, key);
        }
        return page < 0 ? Optional.empty() : directory.findInPage(entries, page, key);
    }
}
