package io.braid.broker.fetch;

/**
 * What a fetch may take of this broker.
 *
 * @param maxResponseBytes records in one answer (fetch.max.bytes); a first batch larger than that still goes out
 * @param maxSessions incremental sessions of all connections (max.incremental.fetch.session.cache.slots)
 * @param maxWaitMs longest wait for new data
 * @param maxHeldBytes records in memory that are not sent yet, of all connections (fetch.inflight.max.bytes); beyond it
 *     answers get small
 */
public record FetchLimits(int maxResponseBytes, int maxSessions, int maxWaitMs, long maxHeldBytes) {}
