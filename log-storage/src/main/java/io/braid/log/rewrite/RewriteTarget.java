package io.braid.log.rewrite;

import java.nio.file.Path;

/**
 * Where a rewritten segment goes.
 *
 * @param file its name once it is whole; it is written as {@code <file>.tmp}
 * @param index name of its index
 * @param rewrite number of the rewrite
 * @param logTag of the log
 */
public record RewriteTarget(Path file, Path index, int rewrite, int logTag) {}
