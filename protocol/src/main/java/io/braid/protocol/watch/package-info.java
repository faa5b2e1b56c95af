/**
 * The messages of the metadata watch, by which Braid's clients follow topics and shards without asking again: read {@link
 * io.braid.protocol.watch.MetadataWatchRequest} first. Messages are owned by whoever made them.
 */
package io.braid.protocol.watch;
