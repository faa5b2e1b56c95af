/**
 * Segments written anew: what is dead left out, sorted by partition, several in the place of one another's neighbours.
 *
 * <p>Read {@link io.braid.log.rewrite.SegmentRewrite} first, which makes one such segment from {@link io.braid.log.rewrite.RewriteSource}s by
 * what a {@link io.braid.log.rewrite.BatchSelector} says. {@link io.braid.log.rewrite.SegmentManifest} is the list of those that count;
 * {@link io.braid.log.rewrite.RewritePlanner} decides which segments are worth it and knows no files. When, and how the log goes over to the new
 * files, is the log's business. Everything here runs on one background thread at a time.
 */
package io.braid.log.rewrite;
