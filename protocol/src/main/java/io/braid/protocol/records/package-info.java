/**
 * Record batches of format v2 seen as bytes: their header fields, and what a fetch hands to the network.
 *
 * <p>Read {@link io.braid.protocol.records.BatchHeader} first. Nothing here parses records.
 */
package io.braid.protocol.records;
