/**
 * Rows of a fixed number of bytes: in the heap ({@link io.braid.log.rows.RowChunks}), where a million of them must
 * cost no objects, and in
 * files of checked pages ({@link io.braid.log.rows.RowFile}), which index files and checkpoints are. The owner of the
 * chunks is the shard thread; views and open files may be used by any thread.
 */
package io.braid.log.rows;
