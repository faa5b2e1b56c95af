/**
 * Where the batches of a partition lie in the shared log. Read {@link io.braid.log.index.PartitionIndex} first. A
 * segment is indexed in memory
 * ({@link io.braid.log.index.ActiveIndex}) until its index file ({@link io.braid.log.index.SegmentIndex}) is written.
 * Per partition the segments form a chain from newest to
 * oldest, in memory and on disk, so that nothing has to be touched per partition when a segment is rolled, sealed or
 * deleted.
 */
package io.braid.log.index;
